package io.evenkeel.client.kafka;

import io.evenkeel.client.buffer.LogLimit;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one run's records of a topic on a thread of its own, without a consumer group: every
 * trainer rank that subscribes sees every record of its run. All partitions are read, as a
 * partitioner of another client library may place a run elsewhere.
 */
final class TopicReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration METADATA_WAIT = Duration.ofSeconds(1);
  private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long RETRY_MILLIS = 500;
  private static final long CLOSE_MILLIS = 3_000;

  private final KafkaOptions options;
  private final Source source;
  private final byte[] key;
  private final Consumer<byte[]> accept;
  private final BooleanSupplier full;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final LogLimit downLog = new LogLimit(Duration.ofMinutes(1));
  private final Thread reader;

  /** Where to go on when the consumer is replaced; of the reader thread alone. */
  private final Map<TopicPartition, Long> next = new HashMap<>();

  /** What is read, and from where on. */
  enum Source {
    /** Commands, from the oldest that is kept. */
    COMMANDS(Topics.COMMANDS, "commands"),
    /** Alerts, from now on. */
    ALERTS(Topics.ALERTS, "alerts");

    private final String topic;
    private final String what;

    Source(String topic, String what) {
      this.topic = topic;
      this.what = what;
    }
  }

  /**
   * Begins to read.
   *
   * @param accept takes a record's value, on the reader's thread
   * @param full whether reading has to wait
   */
  TopicReader(
      KafkaOptions options,
      Source source,
      String run,
      Consumer<byte[]> accept,
      BooleanSupplier full) {
    this.options = options;
    this.source = source;
    this.key = run.getBytes(StandardCharsets.UTF_8);
    this.accept = accept;
    this.full = full;
    this.reader = new Thread(this::run, "evenkeel-" + source.what + "-" + run);
    reader.setDaemon(true);
    reader.start();
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      reader.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reader.interrupt();
  }

  private void run() {
    try {
      while (!closed.await(0, TimeUnit.MILLISECONDS)) {
        try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
          read(consumer);
        } catch (InterruptException e) {
          return;
        } catch (KafkaException | IllegalStateException e) {
          reportDown(KafkaTransport.reason(e));
          if (closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(KafkaConsumer<byte[], byte[]> consumer) throws InterruptedException {
    long refreshed = 0;
    boolean assigned = false;
    while (!closed.await(full.getAsBoolean() ? POLL.toMillis() : 0, TimeUnit.MILLISECONDS)) {
      if (!assigned || System.nanoTime() - refreshed > REFRESH_NANOS) {
        refreshed = System.nanoTime();
        assigned = assign(consumer) || assigned;
      }
      if (!assigned) {
        reportDown("There is no topic " + source.topic + " yet");
        if (closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      } else if (!full.getAsBoolean()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
          if (record.value() != null && Arrays.equals(record.key(), key)) {
            accept.accept(record.value());
          }
        }
      }
    }
  }

  /** Assigns all partitions; false if there are none. */
  private boolean assign(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(source.topic, METADATA_WAIT).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      return false;
    }
    if (consumer.assignment().size() != partitions.size()) {
      consumer.assign(partitions);
      for (TopicPartition partition : partitions) {
        Long offset = next.get(partition);
        if (offset != null) {
          consumer.seek(partition, offset);
        } else {
          next.put(partition, start(consumer, partition));
        }
      }
    }
    return true;
  }

  /** Fixes where a partition begins, so that a consumer that is replaced leaves nothing out. */
  private long start(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
    switch (source) {
      case COMMANDS -> consumer.seekToBeginning(List.of(partition));
      case ALERTS -> consumer.seekToEnd(List.of(partition));
    }
    return consumer.position(partition);
  }

  private Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "200");
    properties.putAll(options.properties());
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrapServers());
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, options.clientId() + "-" + source.what);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return properties;
  }

  private void reportDown(String reason) {
    if (downLog.mayLog()) {
      LOG.warn(
          "{}",
          ErrorId.CLIENT_BROKER_DOWN.line("No " + source.what + " can be read: " + reason + "."));
    }
  }
}
