package io.evenkeel.client.kafka;

import io.evenkeel.client.buffer.Destination;
import io.evenkeel.client.buffer.Transport;
import io.evenkeel.client.buffer.TransportException;
import io.evenkeel.contract.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An idempotent producer a connection. The producer itself waits for a broker that is away and
 * keeps the order of what it holds; the outbox holds the same records until they are acknowledged,
 * so a producer that is beyond help is simply replaced.
 */
final class KafkaTransport implements Transport {

  private static final String MAX_WAIT_MILLIS = "500";

  private final KafkaOptions options;

  KafkaTransport(KafkaOptions options) {
    this.options = options;
  }

  @Override
  public Connection connect() throws TransportException {
    KafkaProducer<byte[], byte[]> producer;
    try {
      producer =
          new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      // An address that cannot be resolved now may be later.
      throw new TransportException(reason(e), e);
    }
    try {
      producer.partitionsFor(Topics.TELEMETRY);
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw new TransportException(
          "No answer from " + options.bootstrapServers() + ": " + reason(e), e);
    }
    return new ProducerConnection(producer);
  }

  private Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    properties.putAll(options.properties());
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrapServers());
    properties.put(ProducerConfig.CLIENT_ID_CONFIG, options.clientId());
    // What follows carries the promises of TelemetryPublisher and is not for configuration.
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "5");
    properties.put(ProducerConfig.RETRIES_CONFIG, Integer.toString(Integer.MAX_VALUE));
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(Integer.MAX_VALUE));
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_WAIT_MILLIS);
    // A message of the largest size and its key and headers.
    properties.put(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
        Integer.toString(Topics.MAX_MESSAGE_BYTES + 65_536));
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(32L << 20));
    return properties;
  }

  static String reason(Throwable e) {
    Throwable cause = e.getCause();
    return e.getMessage() + (cause == null ? "" : " (" + cause.getMessage() + ")");
  }

  private static final class ProducerConnection implements Connection {
    private final KafkaProducer<byte[], byte[]> producer;

    ProducerConnection(KafkaProducer<byte[], byte[]> producer) {
      this.producer = producer;
    }

    @Override
    public void send(Destination destination, String key, byte[] value, Completion completion)
        throws TransportException {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(destination.topic(), key.getBytes(StandardCharsets.UTF_8), value);
      try {
        var unused =
            producer.send(
                record,
                (metadata, failure) -> {
                  if (failure == null) {
                    completion.acknowledged();
                  } else if (isOfTheRecord(failure)) {
                    completion.refused(String.valueOf(failure.getMessage()));
                  } else {
                    completion.failed(reason(failure));
                  }
                });
      } catch (KafkaException | IllegalStateException e) {
        throw new TransportException(reason(e), e);
      }
    }

    private static boolean isOfTheRecord(Exception failure) {
      return failure instanceof RecordTooLargeException
          || failure instanceof InvalidRecordException
          || failure instanceof SerializationException;
    }

    @Override
    public void close() {
      producer.close(Duration.ZERO);
    }
  }
}
