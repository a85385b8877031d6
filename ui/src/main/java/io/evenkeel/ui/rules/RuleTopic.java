package io.evenkeel.ui.rules;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.ui.rules.RuleShelf.Reach;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Follows {@link Topics#RULES}, which is compacted: all of it is read once, and what comes after.
 * Begins when somebody asks for the first time; a broker that goes away is looked for again. Until
 * it is back the last that was known stays.
 */
@Component
class RuleTopic implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(RuleTopic.class);
  private static final int PATIENCE_MILLIS = 4_000;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final String bootstrap;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("rules-topic").daemon().factory());
  private volatile RuleShelf shelf = new RuleShelf(List.of(), Reach.READING);
  private volatile @Nullable KafkaConsumer<String, byte[]> open;
  private volatile boolean closed;
  private boolean begun;

  RuleTopic(@Value("${evenkeel.ui.kafka-bootstrap}") String bootstrap) {
    this.bootstrap = bootstrap;
  }

  /** What is known now. Never blocks. */
  RuleShelf shelf() {
    begin();
    return shelf;
  }

  private synchronized void begin() {
    if (!begun) {
      begun = true;
      thread.scheduleWithFixedDelay(this::follow, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void follow() {
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.CLIENT_ID_CONFIG,
                "evenkeel-ui-rules",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                PATIENCE_MILLIS,
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                PATIENCE_MILLIS),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      open = consumer;
      read(consumer);
    } catch (WakeupException | InterruptException e) {
      LOG.debug("the rules are not followed any more", e);
    } catch (KafkaException e) {
      if (shelf.reach() != Reach.AWAY) {
        LOG.warn("{} ({})", ErrorId.KAFKA_UNAVAILABLE.line("Rules are not read."), e.toString());
      }
      shelf = new RuleShelf(shelf.rules(), Reach.AWAY);
    } catch (RuntimeException e) {
      // A task that throws is not run again, and the rules would stand still unnoticed.
      LOG.error("the rules could not be followed", e);
      shelf = new RuleShelf(shelf.rules(), Reach.AWAY);
    } finally {
      open = null;
    }
  }

  private void read(KafkaConsumer<String, byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.RULES).stream()
            .map(info -> new TopicPartition(Topics.RULES, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<String, AlertRule> rules = new TreeMap<>();
    Duration asked = Duration.ZERO;
    while (!closed) {
      boolean changed = false;
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        keep(record, rules);
        changed = true;
      }
      boolean all =
          ends.entrySet().stream()
              .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
      if (all && (changed || shelf.reach() != Reach.FOLLOWED)) {
        shelf = new RuleShelf(sorted(rules), Reach.FOLLOWED);
      }
      asked = asked.plus(POLL);
      if (asked.toSeconds() >= 5) {
        // A consumer waits for ever for a broker that is gone; asking for something tells.
        consumer.endOffsets(partitions);
        asked = Duration.ZERO;
      }
    }
  }

  private static List<AlertRule> sorted(Map<String, AlertRule> rules) {
    return rules.values().stream()
        .sorted(Comparator.comparing(AlertRule::rule).thenComparing(AlertRule::run))
        .toList();
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
      LOG.debug("a rule that cannot be read is left out", e);
    }
  }

  @Override
  public void destroy() {
    closed = true;
    KafkaConsumer<String, byte[]> consumer = open;
    if (consumer != null) {
      consumer.wakeup();
    }
    thread.shutdownNow();
  }
}
