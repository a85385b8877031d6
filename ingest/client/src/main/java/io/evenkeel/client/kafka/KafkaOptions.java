package io.evenkeel.client.kafka;

import io.evenkeel.client.BufferLimits;
import java.time.Duration;
import java.util.Map;

/**
 * How a trainer reaches Kafka.
 *
 * @param bootstrapServers host:port, comma-separated; may be down or unknown at the start
 * @param clientId names the client in the broker's logs and quotas
 * @param limits bounds of the publisher's buffer
 * @param stallLimit a connection without an acknowledgement for so long is replaced; a broker that
 *     is merely away is waited for by the Kafka client itself
 * @param properties further client properties, such as {@code security.protocol}; they override our
 *     defaults, but not those that at-least-once delivery in order rests on
 */
public record KafkaOptions(
    String bootstrapServers,
    String clientId,
    BufferLimits limits,
    Duration stallLimit,
    Map<String, String> properties) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public KafkaOptions {
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException("bootstrapServers is empty");
    }
    if (stallLimit.isZero() || stallLimit.isNegative()) {
      throw new IllegalArgumentException("stallLimit must be positive");
    }
    properties = Map.copyOf(properties);
  }

  /** The defaults: 64 MiB of buffer, 30 s until a stalled connection is replaced. */
  public static KafkaOptions of(String bootstrapServers) {
    return new KafkaOptions(
        bootstrapServers,
        "evenkeel-trainer",
        BufferLimits.DEFAULT,
        Duration.ofSeconds(30),
        Map.of());
  }

  /** The same with other bounds. */
  public KafkaOptions withLimits(BufferLimits other) {
    return new KafkaOptions(bootstrapServers, clientId, other, stallLimit, properties);
  }

  /** The same with another stall limit. */
  public KafkaOptions withStallLimit(Duration other) {
    return new KafkaOptions(bootstrapServers, clientId, limits, other, properties);
  }
}
