package io.evenkeel.gateway.kafka;

import io.evenkeel.contract.error.ErrorId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics from their beginning and then follows them, on a thread of its own and without a
 * consumer group: every gateway sees every record. Goes on by itself when Kafka comes back.
 */
public final class TopicFollower implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration METADATA_WAIT = Duration.ofSeconds(2);
  private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long RETRY_MILLIS = 500;

  private final String bootstrap;
  private final Map<String, Handler> handlers;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final Thread thread;

  /** Where to go on when the consumer is replaced; of the follower's thread alone. */
  private final Map<TopicPartition, Long> next = new HashMap<>();

  /** Where each partition ended when it was first seen; what lies before it is history. */
  private final Map<TopicPartition, Long> history = new HashMap<>();

  private boolean away;

  /** Takes records, on the follower's thread. */
  @FunctionalInterface
  public interface Handler {

    /** Takes one; tombstones are left out. */
    void accept(int partition, long offset, byte[] value);
  }

  /** Follows the topics of {@code handlers}. */
  public TopicFollower(String bootstrap, Map<String, Handler> handlers) {
    this.bootstrap = bootstrap;
    this.handlers = Map.copyOf(handlers);
    this.thread = Thread.ofPlatform().name("topic-follower").daemon().start(this::run);
  }

  /** Whether everything has been read that was there at the start. */
  public boolean isCaughtUp() {
    return caughtUp.getCount() == 0;
  }

  /** Waits until everything has been read that was there at the start, or this is closed. */
  public void awaitCaughtUp() throws InterruptedException {
    while (!caughtUp.await(RETRY_MILLIS, TimeUnit.MILLISECONDS) && closed.getCount() > 0) {
      LOG.debug("still reading history");
    }
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
  }

  private void run() {
    try {
      while (closed.getCount() > 0) {
        try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                KafkaSettings.consumer(bootstrap),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
          follow(consumer);
        } catch (InterruptException e) {
          return;
        } catch (KafkaException | IllegalStateException e) {
          if (!away) {
            away = true;
            LOG.warn(
                "{}",
                ErrorId.KAFKA_UNAVAILABLE.line("Commands cannot be read: " + e.getMessage() + "."));
          }
        }
        if (closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> consumer) throws InterruptedException {
    long refreshed = 0;
    boolean assigned = false;
    while (closed.getCount() > 0) {
      if (!assigned || System.nanoTime() - refreshed > REFRESH_NANOS) {
        refreshed = System.nanoTime();
        assigned = assign(consumer) || assigned;
        if (!assigned) {
          // The topics are not there yet.
          closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
          continue;
        }
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        Handler handler = handlers.get(record.topic());
        if (handler != null && record.value() != null) {
          handler.accept(record.partition(), record.offset(), record.value());
        }
      }
      noteCaughtUp(consumer);
    }
  }

  private void noteCaughtUp(KafkaConsumer<byte[], byte[]> consumer) {
    if (!isCaughtUp()
        && history.entrySet().stream()
            .allMatch(end -> consumer.position(end.getKey(), METADATA_WAIT) >= end.getValue())) {
      caughtUp.countDown();
    }
  }

  /** Assigns all partitions; false if a topic has none. */
  private boolean assign(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : handlers.keySet()) {
      var found = consumer.partitionsFor(topic, METADATA_WAIT);
      if (found.isEmpty()) {
        return false;
      }
      found.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    away = false;
    if (consumer.assignment().size() == partitions.size()) {
      return true;
    }
    consumer.endOffsets(partitions, METADATA_WAIT).forEach(history::putIfAbsent);
    consumer.assign(partitions);
    for (TopicPartition partition : partitions) {
      Long offset = next.get(partition);
      if (offset == null) {
        consumer.seekToBeginning(List.of(partition));
      } else {
        consumer.seek(partition, offset);
      }
    }
    return true;
  }
}
