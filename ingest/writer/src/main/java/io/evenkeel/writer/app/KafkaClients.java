package io.evenkeel.writer.app;

import io.evenkeel.contract.topic.Topics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The writer's two connections to Kafka.
 *
 * @param consumer a member of the group
 * @param producer of dead letters
 */
record KafkaClients(Consumer<byte[], byte[]> consumer, Producer<byte[], byte[]> producer)
    implements AutoCloseable {

  /** The consumer group that all writers of one Evenkeel share. */
  static final String GROUP = "evenkeel-writer";

  /**
   * Compressed bytes of a partition in one answer; a larger record comes alone. Answers that wait
   * to be read are what the collector copies most.
   */
  private static final int FETCH_BYTES = 2 << 20;

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  /**
   * Opens both; the broker need not be there.
   *
   * @throws org.apache.kafka.common.KafkaException if no host of the address can be resolved
   */
  static KafkaClients to(String bootstrap, String group) {
    Producer<byte[], byte[]> producer = producer(bootstrap);
    try {
      return new KafkaClients(consumer(bootstrap, group), producer);
    } catch (RuntimeException e) {
      producer.close(CLOSE_LIMIT);
      throw e;
    }
  }

  @Override
  public void close() {
    producer.close(CLOSE_LIMIT);
    consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
  }

  private static Consumer<byte[], byte[]> consumer(String bootstrap, String group) {
    return new KafkaConsumer<>(
        Map.ofEntries(
            Map.entry(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
            Map.entry(ConsumerConfig.GROUP_ID_CONFIG, group),
            Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
            Map.entry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
            Map.entry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false),
            Map.entry(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName()),
            // A killed writer's partitions are read by another one after this time.
            Map.entry(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000),
            Map.entry(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_500),
            // Topics that are created after the writer's start are found after this time.
            Map.entry(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000),
            Map.entry(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000),
            Map.entry(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000),
            Map.entry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1_000),
            Map.entry(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES),
            Map.entry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 2 * FETCH_BYTES),
            Map.entry(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100),
            Map.entry(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2_000)),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static Producer<byte[], byte[]> producer(String bootstrap) {
    return new KafkaProducer<>(
        Map.ofEntries(
            Map.entry(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
            Map.entry(ProducerConfig.ACKS_CONFIG, "all"),
            Map.entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_MESSAGE_BYTES),
            Map.entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000),
            Map.entry(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000),
            Map.entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
