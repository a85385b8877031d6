package io.evenkeel.gateway;

import io.evenkeel.contract.topic.Topics;
import io.evenkeel.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker with Evenkeel's topics, which can be stopped and started again. */
public final class TestKafka implements AutoCloseable {

  private final Path folder;
  private final Producer<byte[], byte[]> producer;
  private EmbeddedKafka broker;

  /** Starts it in a folder. */
  public TestKafka(Path folder) throws IOException {
    this.folder = folder;
    broker = EmbeddedKafka.start(folder);
    broker.createTopics(
        Topics.ALL.stream()
            .map(
                topic ->
                    new NewTopic(topic.name(), topic.partitions(), (short) 1)
                        .configs(
                            Map.of(
                                "max.message.bytes",
                                Integer.toString(Topics.MAX_MESSAGE_BYTES + 65_536))))
            .toList());
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all", "linger.ms", "0"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Its address. */
  public String bootstrap() {
    return broker.bootstrap();
  }

  /** Stops the broker; its data stay. */
  public void stop() {
    broker.close();
  }

  /** Starts it again where it was. */
  public void startAgain() throws IOException {
    broker = EmbeddedKafka.start(folder);
  }

  /** Sends bytes. */
  public Future<?> send(String topic, String key, byte[] value) {
    return producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
  }

  /** The end of every partition of a topic, to read from later. */
  public Map<TopicPartition, Long> ends(String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      return consumer.endOffsets(partitions(consumer, topic));
    }
  }

  /** Everything that stands on a topic from {@code from} to its end of now. */
  public List<ConsumerRecord<byte[], byte[]>> read(String topic, Map<TopicPartition, Long> from) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      consumer.assign(partitions);
      partitions.forEach(partition -> consumer.seek(partition, from.getOrDefault(partition, 0L)));
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()))
        .toList();
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            broker.bootstrap(),
            "auto.offset.reset",
            "earliest",
            "max.partition.fetch.bytes",
            Topics.MAX_MESSAGE_BYTES + 65_536),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    broker.close();
  }
}
