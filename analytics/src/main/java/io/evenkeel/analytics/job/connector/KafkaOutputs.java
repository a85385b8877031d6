package io.evenkeel.analytics.job.connector;

import io.evenkeel.analytics.job.JobOutputs;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The job's sinks on Kafka: at least once, at once. Transactions would hold every record back until
 * a checkpoint; consumers drop what they have seen by its id instead.
 */
public final class KafkaOutputs {

  private static final String AT_ONCE = "0";

  /**
   * Too short for anybody to see, and long enough that a backlog goes out in batches: a request for
   * each step would cost this process and the broker more than the steps.
   */
  private static final String SIGNALS_LINGER_MILLIS = "5";

  /** Room for the steps of that time: the client's own default is full with one or two. */
  private static final int BATCH_BYTES = 256 << 10;

  private KafkaOutputs() {}

  /**
   * Sinks.
   *
   * @param bootstrap broker addresses, {@code host:port}
   */
  public static JobOutputs at(String bootstrap) {
    return new JobOutputs(
        sink(
            bootstrap,
            SIGNALS_LINGER_MILLIS,
            WireSchema.of(
                Topics.SIGNALS,
                signals -> signals.key().run(),
                signals -> Codecs.STEP_SIGNALS.encode(signals))),
        sink(
            bootstrap,
            AT_ONCE,
            WireSchema.of(
                Topics.ALERTS, alert -> alert.run(), alert -> Codecs.ALERT_EVENT.encode(alert))),
        sink(
            bootstrap,
            AT_ONCE,
            WireSchema.of(
                Topics.DEAD_LETTERS,
                letter -> letter.origin().topic(),
                letter -> Codecs.DEAD_LETTER.encode(letter))));
  }

  private static <T> KafkaSink<T> sink(
      String bootstrap, String lingerMillis, KafkaRecordSerializationSchema<T> schema) {
    return KafkaSink.<T>builder()
        .setBootstrapServers(bootstrap)
        .setRecordSerializer(schema)
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setProperty(ProducerConfig.LINGER_MS_CONFIG, lingerMillis)
        .setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, "" + Topics.MAX_MESSAGE_BYTES)
        .setProperty(ProducerConfig.BATCH_SIZE_CONFIG, "" + BATCH_BYTES)
        .setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")
        .build();
  }
}
