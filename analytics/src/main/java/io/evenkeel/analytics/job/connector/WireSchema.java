package io.evenkeel.analytics.job.connector;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records in wire format under their key. A message that the broker would refuse is logged
 * and left out: it would fail the job again after every restart.
 *
 * @param <T> the record
 */
final class WireSchema<T> implements KafkaRecordSerializationSchema<T> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(WireSchema.class);

  /** Room for the record's headers in the broker's limit. */
  private static final int OVERHEAD_BYTES = 1_024;

  interface Part<T, R> extends Serializable {
    R of(T value);
  }

  private final String topic;
  private final Part<T, String> key;
  private final Part<T, byte[]> value;

  private WireSchema(String topic, Part<T, String> key, Part<T, byte[]> value) {
    this.topic = topic;
    this.key = key;
    this.value = value;
  }

  static <T> WireSchema<T> of(String topic, Part<T, String> key, Part<T, byte[]> value) {
    return new WireSchema<>(topic, key, value);
  }

  @Override
  public @Nullable ProducerRecord<byte[], byte[]> serialize(
      T record, KafkaSinkContext context, @Nullable Long timestamp) {
    byte[] bytes = value.of(record);
    if (bytes.length > Topics.MAX_MESSAGE_BYTES - OVERHEAD_BYTES) {
      LOG.error(
          ErrorId.WIRE_OVERSIZED.line(
              "A message of " + bytes.length + " bytes for " + topic + " was left out."));
      return null;
    }
    return new ProducerRecord<>(topic, key.of(record).getBytes(StandardCharsets.UTF_8), bytes);
  }
}
