package io.evenkeel.controller.kafka;

import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.run.RunSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * From where on a controller that starts must read: of each partition the first record of any run
 * that is not over. What is before belongs to runs that have ended, and nobody steers them again.
 * Not thread-safe.
 */
final class ReplayMarks {

  /** As long as the control loop remembers a run that has ended. */
  private static final Duration AFTER_END = Duration.ofHours(1);

  /**
   * Of a run that does not say that it has ended: as long as Kafka keeps its records by default.
   */
  private static final Duration AFTER_LAST_WORD = Duration.ofDays(7);

  /** Of a run that nobody has declared: requests about it have long been refused. */
  private static final Duration UNDECLARED = Duration.ofHours(1);

  private static final class Run {
    private final Map<TopicPartition, Long> first = new HashMap<>();
    private @Nullable RunSpec spec;
    private Instant heard = Instant.EPOCH;

    private boolean isOver(Instant now) {
      if (spec == null) {
        return heard.plus(UNDECLARED).isBefore(now);
      }
      Instant ended = spec.ended();
      if (!spec.status().isLive() && ended != null) {
        return ended.plus(AFTER_END).isBefore(now);
      }
      Instant last = heard.isBefore(spec.started()) ? spec.started() : heard;
      return last.plus(AFTER_LAST_WORD).isBefore(now);
    }
  }

  private final Map<String, Run> runs = new LinkedHashMap<>();
  private final Map<TopicPartition, Long> standing = new HashMap<>();

  /** Notes a run's declaration; of two the newer one counts. */
  void declared(RunSpec spec) {
    Run run = runs.computeIfAbsent(spec.run(), id -> new Run());
    if (run.spec == null || spec.incarnation() >= run.spec.incarnation()) {
      run.spec = spec;
    }
  }

  /**
   * Notes a record.
   *
   * @param key whose it is
   * @param at when it was written
   */
  void read(TopicPartition partition, @Nullable String key, long offset, Instant at) {
    if (key == null || key.isEmpty()) {
      // Of no run: alert delivery's own affair.
      return;
    }
    Run run = runs.computeIfAbsent(key, id -> new Run());
    run.first.putIfAbsent(partition, offset);
    if (at.isAfter(run.heard)) {
      run.heard = at;
    }
  }

  /** Notes a request for all runs: one that holds them must be read at every start. */
  void readForAll(TopicPartition partition, OperatorRequest request, long offset) {
    if (request.body() instanceof KillSwitch kill && kill.state() == HoldState.HELD) {
      standing.put(partition, offset);
    } else {
      standing.remove(partition);
    }
  }

  /**
   * From where on a later start must read.
   *
   * @param positions how far each partition has been read
   */
  Map<TopicPartition, Long> at(Map<TopicPartition, Long> positions, Instant now) {
    runs.values().removeIf(run -> run.isOver(now));
    Map<TopicPartition, Long> marks = new HashMap<>(positions);
    for (Run run : runs.values()) {
      run.first.forEach((partition, first) -> lower(marks, partition, first));
    }
    standing.forEach((partition, offset) -> lower(marks, partition, offset));
    return marks;
  }

  private static void lower(Map<TopicPartition, Long> marks, TopicPartition partition, long to) {
    marks.computeIfPresent(partition, (same, mark) -> Math.min(mark, to));
  }
}
