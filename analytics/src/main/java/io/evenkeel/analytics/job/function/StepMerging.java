package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.signal.Arrival;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.analytics.signal.MergeProgress;
import io.evenkeel.analytics.signal.ReadyStep;
import io.evenkeel.analytics.signal.SignalMath;
import io.evenkeel.analytics.signal.StepSum;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.topic.Topics;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/** The first half of {@link RunFunction}: the lanes' sums become a step, and a step its signals. */
final class StepMerging {

  /**
   * After a restart the sources come back one by one: ranks that are not read yet are not missing.
   */
  private static final long RESTART_GRACE_MILLIS = 5_000;

  private final MergePolicy policy;
  private final long expiryMillis;
  private final ValueState<MergeProgress> progress;
  private final MapState<Long, StepSum> sums;
  private final ArrivalMetrics metrics;
  private long sinceMillis;

  /**
   * Opens the state.
   *
   * @param policy how long a step waits for its ranks
   * @param expiryMillis a run silent for so long is forgotten, ms
   */
  StepMerging(MergePolicy policy, long expiryMillis, RuntimeContext context) {
    this.policy = policy;
    this.expiryMillis = expiryMillis;
    progress =
        context.getState(
            new ValueStateDescriptor<>("progress", RecordKind.MERGE_PROGRESS.typeInfo()));
    sums =
        context.getMapState(
            new MapStateDescriptor<>("sums", Types.LONG, RecordKind.STEP_SUM.typeInfo()));
    metrics = ArrivalMetrics.register(context.getMetricGroup());
  }

  /** Goes on at {@code now} from a checkpoint: silence before it is the job's own. */
  void goOn(long now) {
    sinceMillis = now + RESTART_GRACE_MILLIS;
  }

  /** A lane's sum has come; the signals of what is ready by it, in step order. */
  List<StepSignals> accept(StepSum sum, long now, Consumer<DeadLetter> refused) throws Exception {
    MergeProgress known = progress.value();
    MergeProgress run = known == null ? new MergeProgress() : known;
    if (run.supersededBy(sum.key())) {
      sums.clear();
    }
    Arrival arrival = run.accept(sum.key(), sum.ranks(), sum.worldSize(), now);
    metrics.count(arrival, sum.ranks().cardinality());
    List<StepSignals> ready = takeReady(run, arrival == Arrival.KEPT ? sum : null, now, refused);
    progress.update(run);
    return ready;
  }

  /** Time has passed; the signals of steps whose wait is over. A silent run is forgotten. */
  List<StepSignals> onTime(long now, Consumer<DeadLetter> refused) throws Exception {
    MergeProgress run = progress.value();
    if (run == null) {
      return List.of();
    }
    List<StepSignals> ready = takeReady(run, null, now, refused);
    if (expiresAt(run) <= now) {
      forget();
    } else {
      progress.update(run);
    }
    return ready;
  }

  /** When {@link #onTime} is to be asked next, ms; the largest number if there is no run. */
  long nextLook() throws IOException {
    MergeProgress run = progress.value();
    return run == null
        ? Long.MAX_VALUE
        : Math.min(run.nextDeadline(policy, sinceMillis).orElse(Long.MAX_VALUE), expiresAt(run));
  }

  /** The run has been deleted, or is long over: one of the same name begins anew. */
  void forget() {
    progress.clear();
    sums.clear();
  }

  private long expiresAt(MergeProgress run) {
    return Math.max(run.lastArrivalMillis(), sinceMillis) + expiryMillis;
  }

  /** Takes what is ready; the newest sum goes into state only if its step is not. */
  private List<StepSignals> takeReady(
      MergeProgress run, @Nullable StepSum newest, long now, Consumer<DeadLetter> refused)
      throws Exception {
    List<StepSignals> ready = new ArrayList<>(1);
    boolean keep = newest != null;
    for (ReadyStep step : run.takeReady(policy, sinceMillis, now)) {
      StepSum whole = sums.get(step.step());
      if (whole != null) {
        sums.remove(step.step());
      }
      if (newest != null && newest.key().step() == step.step()) {
        whole = together(whole, newest);
        keep = false;
      }
      // Null after an upgrade from a release that kept the parts of a step in flight elsewhere.
      if (whole != null) {
        derive(run, whole, now, ready, refused);
      }
    }
    if (keep && newest != null) {
      sums.put(newest.key().step(), together(sums.get(newest.key().step()), newest));
    }
    return ready;
  }

  private static StepSum together(@Nullable StepSum sum, StepSum more) {
    if (sum == null) {
      return more;
    }
    sum.add(more);
    return sum;
  }

  private void derive(
      MergeProgress run,
      StepSum sum,
      long now,
      List<StepSignals> into,
      Consumer<DeadLetter> refused) {
    try {
      StepSignals signals =
          SignalMath.signals(sum, run.history(), run.lateParts(), Instant.ofEpochMilli(now));
      run.derived(signals);
      metrics.emitted(signals);
      into.add(signals);
    } catch (IllegalArgumentException e) {
      refused.accept(
          DeadLetters.unprocessable(Topics.TELEMETRY, sum.key().toString(), new byte[0], e, now));
    }
  }
}
