package io.evenkeel.analytics.job.connector;

import io.evenkeel.analytics.job.JobInputs;
import io.evenkeel.analytics.job.state.RawRecord;
import io.evenkeel.contract.topic.Topics;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** The job's sources on Kafka. */
public final class KafkaInputs {

  private static final String GROUP = "evenkeel-analytics";

  /**
   * One partition is read so far before the next one's turn comes. While a backlog is read, ranks
   * are apart by as much: with eight megabytes one was hundreds of steps ahead of another, and each
   * waited by itself for the rest of its step (ADR 34). A larger record comes through alone.
   */
  private static final String PARTITION_FETCH_BYTES = "1048576";

  private KafkaInputs() {}

  /**
   * Telemetry from where the group has got to, the compacted topics from their beginning. A
   * checkpoint that is restored goes before both.
   *
   * @param bootstrap broker addresses, {@code host:port}
   */
  public static JobInputs at(String bootstrap) {
    return new JobInputs(
        source(
            bootstrap,
            Topics.TELEMETRY,
            OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST)),
        source(bootstrap, Topics.RUNS, OffsetsInitializer.earliest()),
        source(bootstrap, Topics.RULES, OffsetsInitializer.earliest()));
  }

  private static KafkaSource<RawRecord> source(
      String bootstrap, String topic, OffsetsInitializer offsets) {
    return KafkaSource.<RawRecord>builder()
        .setBootstrapServers(bootstrap)
        .setTopics(topic)
        .setGroupId(GROUP)
        .setClientIdPrefix(GROUP + "-" + topic)
        .setStartingOffsets(offsets)
        .setDeserializer(new RawRecordSchema())
        .setProperty(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "100")
        .setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES)
        .setProperty("partition.discovery.interval.ms", "30000")
        .build();
  }
}
