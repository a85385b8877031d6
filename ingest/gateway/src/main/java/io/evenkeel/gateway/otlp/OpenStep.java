package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A step whose points still come, or whose record is on its way. Guarded by the assembler's lock
 * but for {@link #build}, which runs when no point is taken any more, and {@link #done}.
 */
final class OpenStep {

  /** A reading, and the export whose answer speaks of it. */
  private static final class Entry {
    final Reading reading;
    Tally tally;

    Entry(Reading reading, Tally tally) {
      this.reading = reading;
      this.tally = tally;
    }
  }

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private final StepId id;
  private final Instant arrived;
  private final long openedNanos;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final Map<Target, Entry> entries = new HashMap<>();
  private final Set<Long> fingerprints = new HashSet<>();
  private RunFacts facts;
  private long earliestNanos = Long.MAX_VALUE;
  private long lastNewNanos;
  private boolean ended;
  private boolean closed;

  OpenStep(StepId id, RunFacts facts, Instant arrived, long nowNanos) {
    this.id = id;
    this.facts = facts;
    this.arrived = arrived;
    this.openedNanos = nowNanos;
    this.lastNewNanos = nowNanos;
  }

  StepId id() {
    return id;
  }

  /** Completes when the record is stored, or nothing of the step could be taken. */
  CompletableFuture<Void> done() {
    return done;
  }

  /** Points held. */
  int points() {
    return fingerprints.size();
  }

  long[] fingerprints() {
    return fingerprints.stream().mapToLong(Long::longValue).toArray();
  }

  boolean has(long fingerprint) {
    return fingerprints.contains(fingerprint);
  }

  /**
   * Takes a point, again if need be: one that says nothing new may still be the latest, but does
   * not keep the step open.
   */
  void add(Point point, long fingerprint, Tally tally, long nowNanos) {
    if (point.timeNanos() > 0) {
      earliestNanos = Math.min(earliestNanos, point.timeNanos());
    }
    if (fingerprints.add(fingerprint)) {
      lastNewNanos = nowNanos;
    }
    if (point.target() instanceof Target.EndOfStep) {
      ended = true;
      return;
    }
    if (facts.shape() == null || point.facts().shape() != null) {
      facts = point.facts();
    }
    Entry entry = entries.get(point.target());
    if (entry == null) {
      entries.put(point.target(), new Entry(new Reading(point), tally));
    } else {
      entry.reading.add(point);
      entry.tally = tally;
    }
  }

  /** Whether it is time to close the step. */
  boolean isDue(long nowNanos, long quietNanos, long longestNanos) {
    return ended || nowNanos - lastNewNanos >= quietNanos || nowNanos - openedNanos >= longestNanos;
  }

  boolean isClosed() {
    return closed;
  }

  /** From here on no point is taken. */
  void close() {
    closed = true;
  }

  /** The record; empty if nothing of it could be taken. */
  Optional<StepTelemetry> build() {
    Map<Target, Double> values = HashMap.newHashMap(entries.size());
    entries.forEach((target, entry) -> values.put(target, entry.reading.value()));
    try {
      return StepBuilder.build(id.rank(), id.step(), facts, wallTime(), values, this::refuse);
    } catch (IllegalArgumentException e) {
      refuseAll(ErrorId.WIRE_INVALID, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** The earliest time that a point of the step has: a gauge that is sent again has later ones. */
  private Instant wallTime() {
    if (earliestNanos == Long.MAX_VALUE) {
      return arrived;
    }
    Instant time = Instant.EPOCH.plus(earliestNanos, ChronoUnit.NANOS);
    return time.isAfter(LATEST) ? LATEST : time;
  }

  private void refuse(Target target, String why) {
    Entry entry = entries.get(target);
    if (entry != null) {
      entry.tally.refuse(
          ErrorId.OTLP_POINT, "step " + id.step() + " of " + id.rank().run() + ": " + why + ".");
    }
  }

  /** Refuses all that the step holds. */
  void refuseAll(ErrorId errorId, String why) {
    entries
        .values()
        .forEach(
            entry ->
                entry.tally.refuse(
                    errorId, "step " + id.step() + " of " + id.rank().run() + ": " + why + "."));
  }
}
