package io.evenkeel.gateway.kafka;

import io.evenkeel.contract.topic.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Settings of the gateway's clients of Kafka. */
final class KafkaSettings {

  /** How long a caller waits for acknowledgements before it is told to come again. */
  static final int DELIVERY_MILLIS = 5_000;

  private static final int REQUEST_MILLIS = 3_000;
  private static final int MAX_BLOCK_MILLIS = 1_000;
  private static final int CLOSE_ENOUGH_BACKOFF_MILLIS = 500;
  private static final String CLIENT_ID = "evenkeel-gateway";
  // A message of the largest size with its key and headers.
  private static final int MAX_REQUEST_BYTES = Topics.MAX_MESSAGE_BYTES + (64 << 10);
  private static final long BUFFER_BYTES = 32L << 20;
  private static final int BATCH_BYTES = 256 << 10;
  // Time for the records of a request to come together: without, they leave in handfuls, and each
  // handful is work for the broker.
  private static final int LINGER_MILLIS = 2;

  private KafkaSettings() {}

  private static Map<String, Object> common(String bootstrap) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, CLIENT_ID);
    settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, CLOSE_ENOUGH_BACKOFF_MILLIS);
    settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    return settings;
  }

  static Map<String, Object> producer(String bootstrap) {
    Map<String, Object> settings = common(bootstrap);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
    return settings;
  }

  static Map<String, Object> consumer(String bootstrap) {
    Map<String, Object> settings = common(bootstrap);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, REQUEST_MILLIS / 3);
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    return settings;
  }

  static Map<String, Object> admin(String bootstrap) {
    Map<String, Object> settings = common(bootstrap);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    return settings;
  }
}
