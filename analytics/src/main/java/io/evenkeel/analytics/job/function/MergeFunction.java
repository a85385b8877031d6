package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.analytics.signal.Arrival;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.analytics.signal.MergeProgress;
import io.evenkeel.analytics.signal.ReadyStep;
import io.evenkeel.analytics.signal.SignalMath;
import io.evenkeel.analytics.signal.StepSum;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.topic.Topics;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Keyed by run: adds the lanes' sums up until a step is ready, and emits its signals in step order.
 * On its second input it hears of runs that have been deleted: a run of the same name begins anew.
 */
@SuppressWarnings("NullAway.Init") // state is opened by Flink
public final class MergeFunction
    extends KeyedCoProcessFunction<String, StepSum, RunInput, StepSignals>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  /**
   * After a restart the sources come back one by one: ranks that are not read yet are not missing.
   */
  private static final long RESTART_GRACE_MILLIS = 5_000;

  private final MergePolicy policy;
  private final long expiryMillis;
  private transient ValueState<MergeProgress> progress;
  private transient MapState<Long, StepSum> sums;
  private transient RunTimer timer;
  private transient ArrivalMetrics metrics;
  private transient boolean restored;
  private transient long sinceMillis;

  /**
   * Merges.
   *
   * @param policy how long a step waits for its ranks
   * @param expiryMillis a run silent for so long is forgotten, ms
   */
  public MergeFunction(MergePolicy policy, long expiryMillis) {
    this.policy = policy;
    this.expiryMillis = expiryMillis;
  }

  @Override
  public void open(OpenContext context) {
    progress =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("progress", RecordKind.MERGE_PROGRESS.typeInfo()));
    sums =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>("sums", Types.LONG, RecordKind.STEP_SUM.typeInfo()));
    timer = RunTimer.open(getRuntimeContext());
    metrics = ArrivalMetrics.register(getRuntimeContext().getMetricGroup());
    sinceMillis = -1;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) {
    restored = context.isRestored();
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {}

  @Override
  public void processElement2(RunInput told, Context context, Collector<StepSignals> out) {
    if (told instanceof RunInput.Forgotten) {
      // The timer finds nothing.
      progress.clear();
      sums.clear();
    }
  }

  @Override
  public void processElement1(StepSum sum, Context context, Collector<StepSignals> out)
      throws Exception {
    long now = begin(context);
    MergeProgress run = progress.value() == null ? new MergeProgress() : progress.value();
    if (run.supersededBy(sum.key())) {
      sums.clear();
    }
    Arrival arrival = run.accept(sum.key(), sum.ranks(), sum.worldSize(), now);
    metrics.count(arrival, sum.ranks().cardinality());
    emitReady(run, arrival == Arrival.KEPT ? sum : null, context, out);
    progress.update(run);
    timer.moveTo(nextLook(run), context.timerService());
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<StepSignals> out)
      throws Exception {
    begin(context);
    timer.fired();
    MergeProgress run = progress.value();
    if (run == null) {
      return;
    }
    emitReady(run, null, context, out);
    if (expiresAt(run) <= timestamp) {
      progress.clear();
      sums.clear();
      return;
    }
    progress.update(run);
    timer.moveTo(nextLook(run), context.timerService());
  }

  private long nextLook(MergeProgress run) {
    return Math.min(run.nextDeadline(policy, sinceMillis).orElse(Long.MAX_VALUE), expiresAt(run));
  }

  private long expiresAt(MergeProgress run) {
    return Math.max(run.lastArrivalMillis(), sinceMillis) + expiryMillis;
  }

  /** The time; the first call after a restart notes it: silence before it is the job's own. */
  private long begin(Context context) {
    long now = context.timerService().currentProcessingTime();
    if (sinceMillis < 0) {
      sinceMillis = restored ? now + RESTART_GRACE_MILLIS : 0;
    }
    return now;
  }

  /** Emits what is ready; the newest sum goes into state only if its step is not. */
  private void emitReady(
      MergeProgress run, @Nullable StepSum newest, Context context, Collector<StepSignals> out)
      throws Exception {
    long now = context.timerService().currentProcessingTime();
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
        derive(run, whole, now, context, out);
      }
    }
    if (keep && newest != null) {
      sums.put(newest.key().step(), together(sums.get(newest.key().step()), newest));
    }
  }

  private static StepSum together(@Nullable StepSum sum, StepSum more) {
    if (sum == null) {
      return more;
    }
    sum.add(more);
    return sum;
  }

  private void derive(
      MergeProgress run, StepSum sum, long now, Context context, Collector<StepSignals> out) {
    try {
      StepSignals signals =
          SignalMath.signals(sum, run.history(), run.lateParts(), Instant.ofEpochMilli(now));
      run.derived(signals);
      metrics.emitted(signals);
      out.collect(signals);
    } catch (IllegalArgumentException e) {
      context.output(
          DeadLetters.TAG,
          DeadLetters.unprocessable(Topics.TELEMETRY, sum.key().toString(), new byte[0], e, now));
    }
  }
}
