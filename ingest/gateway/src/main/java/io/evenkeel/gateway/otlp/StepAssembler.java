package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the points of each step until it is whole, and sends one record a step: the identity of
 * an observation allows no second one. A step is whole when none of its points has come for a
 * while, a shorter one once a later step has begun, or when its sender says so. Points that come
 * again are known, of steps that are stored too; a new point of such a step is refused, since there
 * is no place for it any more.
 *
 * <p>Bounded: so many points held, and so many remembered. Thread-safe; {@link #tick} is called by
 * one thread, a few times within the shortest wait, and blocks while Kafka takes its time.
 */
final class StepAssembler {

  /** Steps that are sent together, and wait for each other's acknowledgement. */
  private static final int MAX_BATCH = 64;

  private final OtlpSettings settings;
  private final TelemetrySink sink;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private final Map<Rank, TreeMap<Long, OpenStep>> open = new HashMap<>();
  private final SentSteps sent;
  private long openPoints;
  private boolean stopped;

  /**
   * An assembler.
   *
   * @param clock for the wall time of points that have none
   * @param nanoTime for the waits, as {@link System#nanoTime}
   */
  StepAssembler(
      OtlpSettings settings, TelemetrySink sink, InstantSource clock, LongSupplier nanoTime) {
    this.settings = settings;
    this.sink = sink;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.sent = new SentSteps(settings.maxRememberedPoints());
  }

  /**
   * Takes the points of one export.
   *
   * @param tally learns of points that are refused, until the result completes
   * @return completes when every step that the points belong to is stored; fails if one could not
   *     be, and then the same export may be sent again. Empty if there is no room: the same export
   *     may be sent again.
   */
  Optional<CompletableFuture<Void>> take(List<Point> points, Tally tally) {
    Set<CompletableFuture<Void>> awaited = new LinkedHashSet<>();
    synchronized (this) {
      if (stopped || openPoints >= settings.maxOpenPoints()) {
        return Optional.empty();
      }
      long now = nanoTime.getAsLong();
      for (Point point : points) {
        CompletableFuture<Void> stored = take(point, tally, now);
        if (stored != null) {
          awaited.add(stored);
        }
      }
    }
    return Optional.of(CompletableFuture.allOf(awaited.toArray(CompletableFuture[]::new)));
  }

  private @Nullable CompletableFuture<Void> take(Point point, Tally tally, long now) {
    StepId id = new StepId(point.rank(), point.step());
    long fingerprint = Fingerprint.of(point);
    TreeMap<Long, OpenStep> steps = open.get(point.rank());
    OpenStep step = steps == null ? null : steps.get(point.step());
    if (step == null && sent.contains(id)) {
      if (!sent.contains(id, fingerprint)) {
        refuseLate(point, tally);
      }
      return null;
    }
    if (step != null && step.isClosed()) {
      // On its way. If it does not arrive, the whole export is sent again.
      return step.has(fingerprint)
          ? step.done()
          : step.done().thenRun(() -> refuseLate(point, tally));
    }
    if (step == null) {
      step = new OpenStep(id, point.facts(), clock.instant(), now);
      open.computeIfAbsent(point.rank(), r -> new TreeMap<>()).put(point.step(), step);
    }
    int before = step.points();
    if (before >= settings.maxStepPoints() && !step.has(fingerprint)) {
      tally.refuse(
          ErrorId.WIRE_OVERSIZED, "a step has more than " + settings.maxStepPoints() + " points.");
    } else {
      step.add(point, fingerprint, tally, now);
      openPoints += step.points() - before;
    }
    return step.done();
  }

  private static void refuseLate(Point point, Tally tally) {
    tally.refuse(
        ErrorId.OTLP_STEP_SENT,
        "step %d of %s is stored already.".formatted(point.step(), point.rank().run()));
  }

  /** Sends the steps that are whole by now. */
  void tick() {
    send(close(settings.quiet(), settings.settled()));
  }

  /** Sends all that is held, and takes no more; waits at most {@code limit}. */
  void stop(Duration limit) throws InterruptedException {
    List<OpenStep> last;
    synchronized (this) {
      stopped = true;
      last = close(Duration.ZERO, Duration.ZERO);
    }
    send(last);
    CompletableFuture<?> all =
        CompletableFuture.allOf(
            last.stream().map(OpenStep::done).toArray(CompletableFuture[]::new));
    try {
      all.handle((ok, failure) -> ok).get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Who waits for an answer gets none, and sends again.
      return;
    }
  }

  private synchronized List<OpenStep> close(Duration quiet, Duration settled) {
    long now = nanoTime.getAsLong();
    List<OpenStep> due = new ArrayList<>();
    for (TreeMap<Long, OpenStep> steps : open.values()) {
      OpenStep newest = steps.lastEntry().getValue();
      for (OpenStep step : steps.values()) {
        Duration wait = step == newest ? quiet : settled;
        if (!step.isClosed() && step.isDue(now, wait.toNanos(), settings.longest().toNanos())) {
          step.close();
          due.add(step);
        }
      }
    }
    return due;
  }

  /** Not under the lock: who takes points must not wait for Kafka. */
  private void send(List<OpenStep> due) {
    List<OpenStep> steps = new ArrayList<>();
    List<StepTelemetry> records = new ArrayList<>();
    for (OpenStep step : due) {
      Optional<StepTelemetry> record = step.build();
      if (record.isEmpty()) {
        remove(step);
        step.done().complete(null);
        continue;
      }
      steps.add(step);
      records.add(record.get());
      if (records.size() == MAX_BATCH) {
        sendBatch(steps, records);
        steps.clear();
        records.clear();
      }
    }
    if (!records.isEmpty()) {
      sendBatch(steps, records);
    }
  }

  private void sendBatch(List<OpenStep> steps, List<StepTelemetry> records) {
    Map<Integer, String> refused;
    try {
      refused = sink.send(List.copyOf(records));
    } catch (RuntimeException e) {
      for (OpenStep step : steps) {
        remove(step);
        step.done().completeExceptionally(e);
      }
      return;
    }
    for (int i = 0; i < steps.size(); i++) {
      OpenStep step = steps.get(i);
      String why = refused.get(i);
      synchronized (this) {
        if (why == null) {
          sent.add(step.id(), step.fingerprints());
        }
        remove(step);
      }
      if (why != null) {
        step.refuseAll(ErrorId.WIRE_OVERSIZED, why);
      }
      step.done().complete(null);
    }
  }

  private synchronized void remove(OpenStep step) {
    Rank rank = step.id().rank();
    TreeMap<Long, OpenStep> steps = open.get(rank);
    if (steps != null && steps.remove(step.id().step(), step)) {
      openPoints -= step.points();
      if (steps.isEmpty()) {
        open.remove(rank);
      }
    }
  }

  /** Points held now. */
  synchronized long openPoints() {
    return openPoints;
  }
}
