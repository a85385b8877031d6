package io.evenkeel.standalone.replay;

import io.evenkeel.contract.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Knows when everything produced since it was made has been read, and what came of it stored.
 *
 * <p>Analytics commits its offsets with its checkpoints, when all signals and alerts that rest on
 * them are in Kafka; the writer commits its own after the database has. So first both must have
 * read the telemetry, and then the writer what analytics made of it.
 */
final class DrainBarrier implements AutoCloseable {
  private static final String WRITER = "evenkeel-writer";
  private static final String ANALYTICS = "evenkeel-analytics";
  private static final List<String> SENT = List.of(Topics.TELEMETRY, Topics.RUNS);
  private static final List<String> DERIVED =
      List.of(Topics.SIGNALS, Topics.ALERTS, Topics.DEAD_LETTERS);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int CALL_MILLIS = 10_000;

  /** Hears how many records are still to be read. */
  @FunctionalInterface
  interface Progress {
    void left(long records);
  }

  private final Admin admin;
  private final Duration stallLimit;
  private final Progress progress;
  private final Map<TopicPartition, Long> before;

  /**
   * A barrier that counts from now.
   *
   * @param bootstrap {@code host:port}
   * @param stallLimit how long nothing at all may be read
   * @param progress hears how it goes
   * @throws ExecutionException if the broker does not answer
   */
  DrainBarrier(String bootstrap, Duration stallLimit, Progress progress)
      throws ExecutionException, InterruptedException, TimeoutException {
    this.admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                CALL_MILLIS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                CALL_MILLIS));
    this.stallLimit = stallLimit;
    this.progress = progress;
    this.before = new HashMap<>(ends(SENT));
    this.before.putAll(ends(DERIVED));
  }

  /**
   * Waits.
   *
   * @return what is missing, in words, if nothing has moved for too long; empty when all is done
   */
  Optional<String> await() throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, Long> sent = grown(ends(SENT));
    Map<TopicPartition, Long> telemetry = new HashMap<>(sent);
    telemetry.keySet().removeIf(partition -> !partition.topic().equals(Topics.TELEMETRY));
    Optional<String> missing = awaitGroups(Map.of(WRITER, sent, ANALYTICS, telemetry));
    return missing.isPresent() ? missing : awaitGroups(Map.of(WRITER, grown(ends(DERIVED))));
  }

  private Optional<String> awaitGroups(Map<String, Map<TopicPartition, Long>> wanted)
      throws ExecutionException, InterruptedException, TimeoutException {
    long least = Long.MAX_VALUE;
    long since = System.nanoTime();
    while (true) {
      Map<String, Long> lags = new HashMap<>();
      for (Map.Entry<String, Map<TopicPartition, Long>> group : wanted.entrySet()) {
        lags.put(group.getKey(), lag(group.getKey(), group.getValue()));
      }
      long left = lags.values().stream().mapToLong(Long::longValue).sum();
      if (left == 0) {
        return Optional.empty();
      }
      if (left < least) {
        least = left;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > stallLimit.toNanos()) {
        return Optional.of(
            lags.entrySet().stream()
                .filter(lag -> lag.getValue() > 0)
                .map(lag -> lag.getKey() + " has still to read " + lag.getValue() + " records")
                .collect(Collectors.joining(", ")));
      }
      progress.left(lags.values().stream().mapToLong(Long::longValue).max().orElse(0));
      LockSupport.parkNanos(LOOK.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private long lag(String group, Map<TopicPartition, Long> ends)
      throws ExecutionException, InterruptedException, TimeoutException {
    if (ends.isEmpty()) {
      return 0;
    }
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get(CALL_MILLIS, TimeUnit.MILLISECONDS);
    long lag = 0;
    for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
      OffsetAndMetadata at = committed.get(end.getKey());
      long from = at == null ? before.getOrDefault(end.getKey(), 0L) : at.offset();
      lag += Math.max(0, end.getValue() - from);
    }
    return lag;
  }

  private Map<TopicPartition, Long> grown(Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> grown = new HashMap<>(ends);
    grown.entrySet().removeIf(end -> end.getValue() <= before.getOrDefault(end.getKey(), 0L));
    return grown;
  }

  private Map<TopicPartition, Long> ends(List<String> topics)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    admin
        .describeTopics(topics)
        .allTopicNames()
        .get(CALL_MILLIS, TimeUnit.MILLISECONDS)
        .forEach(
            (name, topic) ->
                topic
                    .partitions()
                    .forEach(
                        partition ->
                            wanted.put(
                                new TopicPartition(name, partition.partition()),
                                OffsetSpec.latest())));
    Map<TopicPartition, Long> ends = new HashMap<>();
    Map<TopicPartition, ListOffsetsResultInfo> found =
        admin.listOffsets(wanted).all().get(CALL_MILLIS, TimeUnit.MILLISECONDS);
    found.forEach((partition, offset) -> ends.put(partition, offset.offset()));
    return ends;
  }

  @Override
  public void close() {
    admin.close(Duration.ofMillis(500));
  }
}
