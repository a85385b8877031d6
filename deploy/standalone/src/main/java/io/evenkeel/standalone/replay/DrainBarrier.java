package io.evenkeel.standalone.replay;

import io.evenkeel.contract.topic.Topics;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Knows when everything produced since it was made has been read, and what came of it stored.
 *
 * <p>The writer commits its offsets after the database has: it must have read what was sent.
 * Analytics has judged a run when its signals of the run's last step are there; where there will be
 * none, since it refused that step, its own offsets tell, though up to ten seconds late. Then the
 * writer must have read what analytics made of it.
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

  /** Whether analytics has come to the end. */
  @FunctionalInterface
  interface Judged {
    boolean get() throws SQLException;
  }

  /**
   * Waits.
   *
   * @param judged asked again and again
   * @return what is missing, in words, if nothing has moved for too long; empty when all is done
   */
  Optional<String> await(Judged judged)
      throws ExecutionException, InterruptedException, TimeoutException, SQLException {
    Map<TopicPartition, Long> sent = grown(ends(SENT));
    Map<TopicPartition, Long> telemetry = new HashMap<>(sent);
    telemetry.keySet().removeIf(partition -> !partition.topic().equals(Topics.TELEMETRY));
    Map<String, Long> last = Map.of();
    long since = System.nanoTime();
    boolean allJudged = false;
    while (true) {
      Map<TopicPartition, Long> derived = ends(DERIVED);
      Map<String, Long> lags = new HashMap<>();
      lags.put(WRITER, lag(WRITER, sent) + lag(WRITER, grown(derived)));
      lags.put(ANALYTICS, allJudged ? 0 : lag(ANALYTICS, telemetry));
      allJudged = allJudged || lags.get(ANALYTICS) == 0 || judged.get();
      if (allJudged && lags.get(WRITER) == 0) {
        return Optional.empty();
      }
      long derivedSoFar = derived.values().stream().mapToLong(Long::longValue).sum();
      lags.put("derived", derivedSoFar);
      if (!lags.equals(last)) {
        last = lags;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > stallLimit.toNanos()) {
        return Optional.of(
            "%s has still to read %d records, and %s %d"
                .formatted(WRITER, lags.get(WRITER), ANALYTICS, lags.get(ANALYTICS)));
      }
      progress.left(Math.max(lags.get(WRITER), allJudged ? 0 : lags.get(ANALYTICS)));
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
