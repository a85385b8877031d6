package io.evenkeel.bench.analytics;

import io.evenkeel.analytics.job.state.RunLane;
import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/** The broker, its topics, what is sent to them and how far the job has come. */
final class Broker implements AutoCloseable {
  private static final String GROUP = "evenkeel-analytics";
  private static final long LOOK_NANOS = 20_000_000;

  private final EmbeddedKafka kafka;
  private Producer<byte[], byte[]> producer;
  private final Admin admin;

  Broker(Path folder) throws IOException {
    kafka = EmbeddedKafka.start(folder);
    kafka.createTopics(
        Topics.ALL.stream()
            .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) 1))
            .toList());
    producer = producer();
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
  }

  private Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers", kafka.bootstrap(),
            "acks", "all",
            "linger.ms", "0",
            "batch.size", "262144",
            "compression.type", "lz4",
            "max.request.size", Integer.toString(Topics.MAX_MESSAGE_BYTES)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  String bootstrap() {
    return kafka.bootstrap();
  }

  /**
   * A run whose ranks lie evenly in the partitions. In a live run they keep step; of a backlog each
   * partition is read as fast as the next, and a rank that is alone in one is soon far ahead of
   * those that share one.
   *
   * @param ranks at most 16: of more none would be found
   */
  static String evenRun(String name, int ranks) {
    int partitions = partitions(Topics.TELEMETRY);
    for (int i = 0; ; i++) {
      String run = name + "-" + i;
      int[] counts = new int[partitions];
      for (int rank = 0; rank < ranks; rank++) {
        byte[] key = Topics.telemetryKey(run, rank).getBytes(StandardCharsets.UTF_8);
        counts[Utils.toPositive(Utils.murmur2(key)) % partitions]++;
      }
      if (IntStream.of(counts).max().orElseThrow() <= (ranks + partitions - 1) / partitions) {
        return run;
      }
    }
  }

  private static int partitions(String topic) {
    return Topics.ALL.stream()
        .filter(t -> t.name().equals(topic))
        .findFirst()
        .orElseThrow()
        .partitions();
  }

  /**
   * Runs as of {@link #evenRun} that fall evenly on both of two slots, their lane and what merges
   * and judges them. Many runs do so by themselves, as good as.
   */
  static List<String> evenRuns(String name, int ranks, int runs) {
    List<String> found = new ArrayList<>();
    for (int i = 0; found.size() < runs; i++) {
      String run = evenRun(name + "-" + i, ranks);
      int slot = found.size() % 2;
      if (slot(run) == slot && slot(RunLane.of(run, 0, ranks)) == slot) {
        found.add(run);
      }
    }
    return found;
  }

  private static int slot(Object key) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, RunLane.KEY_GROUPS, 2);
  }

  /** Sends a rank's telemetry. */
  void send(String run, int rank, byte[] telemetry) {
    byte[] key = Topics.telemetryKey(run, rank).getBytes(StandardCharsets.UTF_8);
    producer.send(new ProducerRecord<>(Topics.TELEMETRY, key, telemetry));
  }

  /** Returns when the broker has all that was sent. */
  void flush() {
    producer.flush();
  }

  /** Records ever written to a topic. */
  long written(String topic) throws BenchException {
    return ends(topic).values().stream().mapToLong(Long::longValue).sum();
  }

  /** Deletes all telemetry; the broker gives its room on the disk back a minute later. */
  void clear() throws BenchException, IOException {
    try {
      admin.deleteTopics(List.of(Topics.TELEMETRY)).all().get();
      while (admin.listTopics().names().get().contains(Topics.TELEMETRY)) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } catch (InterruptedException | ExecutionException e) {
      throw failed(e);
    }
    kafka.createTopics(
        List.of(new NewTopic(Topics.TELEMETRY, partitions(Topics.TELEMETRY), (short) 1)));
    // The one before knows the topic that is gone.
    producer.close();
    producer = producer();
  }

  /** The next service begins with what will be sent from now on. */
  void skip() throws BenchException {
    Map<TopicPartition, OffsetAndMetadata> end = new HashMap<>();
    ends(Topics.TELEMETRY).forEach((p, offset) -> end.put(p, new OffsetAndMetadata(offset)));
    begin(end);
  }

  private void begin(Map<TopicPartition, OffsetAndMetadata> offsets) throws BenchException {
    try {
      admin.alterConsumerGroupOffsets(GROUP, offsets).all().get();
    } catch (InterruptedException | ExecutionException e) {
      throw failed(e);
    }
  }

  private Map<TopicPartition, Long> ends(String topic) throws BenchException {
    int partitions = partitions(topic);
    Map<TopicPartition, OffsetSpec> asked =
        IntStream.range(0, partitions)
            .boxed()
            .collect(Collectors.toMap(p -> new TopicPartition(topic, p), p -> OffsetSpec.latest()));
    try {
      return admin.listOffsets(asked).all().get().entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
    } catch (InterruptedException | ExecutionException e) {
      throw failed(e);
    }
  }

  private static BenchException failed(Exception cause) {
    if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new BenchException(
        ErrorId.BENCH_ANALYTICS, "the broker does not answer: " + cause + ".");
  }

  @Override
  public void close() {
    admin.close();
    producer.close();
    kafka.close();
  }
}
