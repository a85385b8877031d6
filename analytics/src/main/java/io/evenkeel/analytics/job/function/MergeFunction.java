package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.analytics.signal.Arrival;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.analytics.signal.MergeProgress;
import io.evenkeel.analytics.signal.ReadyStep;
import io.evenkeel.analytics.signal.SignalMath;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Keyed by run: keeps the ranks' parts until a step is ready, and emits its signals in step order.
 * On its second input it hears of runs that have been deleted: a run of the same name begins anew.
 */
@SuppressWarnings("NullAway.Init") // state is opened by Flink
public final class MergeFunction
    extends KeyedCoProcessFunction<String, StepTelemetry, RunInput, StepSignals>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  /**
   * After a restart the sources come back one by one: ranks that are not read yet are not missing.
   */
  private static final long RESTART_GRACE_MILLIS = 5_000;

  private final MergePolicy policy;
  private final long expiryMillis;
  private transient ValueState<MergeProgress> progress;
  private transient MapState<Tuple2<Long, Integer>, StepTelemetry> parts;
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
    parts =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "parts", Types.TUPLE(Types.LONG, Types.INT), RecordKind.TELEMETRY.typeInfo()));
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
      parts.clear();
    }
  }

  @Override
  public void processElement1(StepTelemetry part, Context context, Collector<StepSignals> out)
      throws Exception {
    long now = begin(context);
    MergeProgress run = progress.value() == null ? new MergeProgress() : progress.value();
    try {
      if (run.supersededBy(part.key())) {
        parts.clear();
      }
      Arrival arrival = run.accept(part.key(), part.worldSize(), now);
      metrics.count(arrival);
      emitReady(run, arrival == Arrival.KEPT ? part : null, context, out);
    } catch (IllegalArgumentException e) {
      context.output(DeadLetters.TAG, unprocessable(part, e, now));
    }
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
      parts.clear();
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

  /** Emits what is ready; the newest part goes into state only if its step is not. */
  private void emitReady(
      MergeProgress run,
      @Nullable StepTelemetry newest,
      Context context,
      Collector<StepSignals> out)
      throws Exception {
    long now = context.timerService().currentProcessingTime();
    boolean keep = newest != null;
    for (ReadyStep step : run.takeReady(policy, sinceMillis, now)) {
      List<StepTelemetry> merged = new ArrayList<>(step.ranks().cardinality());
      for (int rank = step.ranks().nextSetBit(0);
          rank >= 0;
          rank = step.ranks().nextSetBit(rank + 1)) {
        if (newest != null && newest.key().step() == step.step() && newest.key().rank() == rank) {
          merged.add(newest);
          keep = false;
        } else {
          Tuple2<Long, Integer> key = Tuple2.of(step.step(), rank);
          merged.add(parts.get(key));
          parts.remove(key);
        }
      }
      derive(run, merged, now, context, out);
    }
    if (keep && newest != null) {
      parts.put(Tuple2.of(newest.key().step(), newest.key().rank()), newest);
    }
  }

  private void derive(
      MergeProgress run,
      List<StepTelemetry> merged,
      long now,
      Context context,
      Collector<StepSignals> out) {
    try {
      StepSignals signals =
          SignalMath.signals(merged, run.history(), run.lateParts(), Instant.ofEpochMilli(now));
      run.derived(signals);
      metrics.emitted(signals);
      out.collect(signals);
    } catch (IllegalArgumentException e) {
      merged.forEach(part -> context.output(DeadLetters.TAG, unprocessable(part, e, now)));
    }
  }

  private static io.evenkeel.contract.deadletter.DeadLetter unprocessable(
      StepTelemetry part, RuntimeException why, long now) {
    String key = Topics.telemetryKey(part.key().run(), part.key().rank());
    return DeadLetters.unprocessable(
        Topics.TELEMETRY, key, Codecs.STEP_TELEMETRY.encode(part), why, now);
  }
}
