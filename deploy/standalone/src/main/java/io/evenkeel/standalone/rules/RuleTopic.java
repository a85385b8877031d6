package io.evenkeel.standalone.rules;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.standalone.archive.ArchiveFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** The records of rules, as Kafka keeps them: the last of each key. */
final class RuleTopic {
  private static final int SECONDS = 30;

  private final String bootstrap;

  RuleTopic(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  /** The record's key: a run's own version of a rule is another record. */
  static String key(String rule, String run) {
    return run.isEmpty() ? rule : rule + "#" + run;
  }

  /** Writes rules; they are in force once the job has read them. */
  void write(List<AlertRule> rules) throws ArchiveFailure, InterruptedException {
    List<ProducerRecord<String, byte @Nullable []>> records = new ArrayList<>();
    for (AlertRule rule : rules) {
      records.add(
          new ProducerRecord<>(
              Topics.RULES, key(rule.rule(), rule.run()), Codecs.ALERT_RULE.encode(rule)));
    }
    send(records);
  }

  /** Deletes the record of a key. */
  void delete(String key) throws ArchiveFailure, InterruptedException {
    send(List.of(new ProducerRecord<>(Topics.RULES, key, null)));
  }

  private void send(List<ProducerRecord<String, byte @Nullable []>> records)
      throws ArchiveFailure, InterruptedException {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.ACKS_CONFIG,
                "all"),
            new StringSerializer(),
            new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      records.forEach(record -> sent.add(producer.send(record)));
      for (Future<?> one : sent) {
        one.get(SECONDS, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw unavailable(e);
    }
  }

  /** What is there, by key; what cannot be read is left out, as the job leaves it out. */
  Map<String, AlertRule> read() throws ArchiveFailure {
    Map<String, AlertRule> rules = new TreeMap<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                SECONDS * 1_000),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.RULES).stream()
              .map(info -> new TopicPartition(Topics.RULES, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        if (System.nanoTime() > deadline) {
          throw new ArchiveFailure(ErrorId.KAFKA_UNAVAILABLE, "The rules cannot be read in time.");
        }
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          keep(record, rules);
        }
      }
    } catch (KafkaException e) {
      throw unavailable(e);
    }
    return rules;
  }

  private static void keep(ConsumerRecord<String, byte[]> record, Map<String, AlertRule> rules) {
    byte[] value = record.value();
    if (value == null) {
      rules.remove(record.key());
      return;
    }
    try {
      rules.put(record.key(), Codecs.ALERT_RULE.decode(value));
    } catch (WireException e) {
      // It is among the dead letters; the former version is what the job has.
    }
  }

  private static ArchiveFailure unavailable(Exception e) {
    return new ArchiveFailure(
        ErrorId.KAFKA_UNAVAILABLE, "The rules cannot be reached: " + e.getMessage() + ".");
  }
}
