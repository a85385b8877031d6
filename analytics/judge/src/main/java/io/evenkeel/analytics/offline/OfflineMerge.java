package io.evenkeel.analytics.offline;

import io.evenkeel.analytics.signal.Arrival;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.analytics.signal.MergeProgress;
import io.evenkeel.analytics.signal.ReadyStep;
import io.evenkeel.analytics.signal.SignalMath;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One run's parts until their steps are ready. */
final class OfflineMerge {

  private final MergePolicy policy;
  private final long expiryMillis;
  private final Map<Long, Map<Integer, StepTelemetry>> parts = new HashMap<>();
  private MergeProgress progress = new MergeProgress();
  private boolean begun;
  private long unprocessable;

  OfflineMerge(MergePolicy policy, long expiryMillis) {
    this.policy = policy;
    this.expiryMillis = expiryMillis;
  }

  /** A part comes; the steps that are ready by it. */
  List<StepSignals> accept(StepTelemetry part, long nowMillis) {
    begun = true;
    if (progress.supersededBy(part.key())) {
      parts.clear();
    }
    try {
      Arrival arrival = progress.accept(part.key(), part.worldSize(), nowMillis);
      if (arrival == Arrival.KEPT) {
        parts
            .computeIfAbsent(part.key().step(), step -> new HashMap<>())
            .put(part.key().rank(), part);
      }
    } catch (IllegalArgumentException e) {
      unprocessable++;
      return List.of();
    }
    return ready(nowMillis);
  }

  /** Time has passed; the steps whose wait is over. A run silent for long is forgotten. */
  List<StepSignals> onTime(long nowMillis) {
    List<StepSignals> ready = ready(nowMillis);
    if (begun && expiresAt() <= nowMillis) {
      progress = new MergeProgress();
      parts.clear();
      begun = false;
    }
    return ready;
  }

  /** When {@link #onTime} is to be asked next, ms. */
  long nextLook() {
    return begun ? Math.min(waitEnds(), expiresAt()) : Long.MAX_VALUE;
  }

  /** When the oldest step that waits is given up, ms; the largest number if none waits. */
  long waitEnds() {
    return progress.nextDeadline(policy, 0).orElse(Long.MAX_VALUE);
  }

  /** Parts that could not be used. */
  long unprocessable() {
    return unprocessable;
  }

  private long expiresAt() {
    return progress.lastArrivalMillis() + expiryMillis;
  }

  private List<StepSignals> ready(long nowMillis) {
    List<StepSignals> signals = new ArrayList<>(1);
    for (ReadyStep step : progress.takeReady(policy, 0, nowMillis)) {
      Map<Integer, StepTelemetry> merged = parts.remove(step.step());
      if (merged == null) {
        continue;
      }
      try {
        StepSignals derived =
            SignalMath.signals(
                merged.values(),
                progress.history(),
                progress.lateParts(),
                Instant.ofEpochMilli(nowMillis));
        progress.derived(derived);
        signals.add(derived);
      } catch (IllegalArgumentException e) {
        unprocessable += merged.size();
      }
    }
    return signals;
  }
}
