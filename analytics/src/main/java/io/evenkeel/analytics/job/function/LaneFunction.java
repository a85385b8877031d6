package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.job.state.RankPart;
import io.evenkeel.analytics.job.state.RawRecord;
import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.job.state.RunLane;
import io.evenkeel.analytics.signal.Arrival;
import io.evenkeel.analytics.signal.LaneMerge;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.analytics.signal.StepSum;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed by lane of a run: reads its ranks' telemetry and adds it up by step. On its second input it
 * hears that the run has been deleted.
 */
@SuppressWarnings("NullAway.Init") // state is opened by Flink
public final class LaneFunction
    extends KeyedCoProcessFunction<RunLane, RankPart, RunLane, StepSum> {

  private static final long serialVersionUID = 1L;
  private static final byte[] NOTHING = new byte[0];

  private final MergePolicy policy;
  private final long expiryMillis;
  private transient ValueState<LaneMerge> lanes;
  private transient RunTimer timer;
  private transient ArrivalMetrics metrics;
  private transient long openedMillis;

  /**
   * Adds up.
   *
   * @param policy how long a step waits for its ranks
   * @param expiryMillis a lane silent for so long is forgotten, ms
   */
  public LaneFunction(MergePolicy policy, long expiryMillis) {
    this.policy = policy;
    this.expiryMillis = expiryMillis;
  }

  @Override
  public void open(OpenContext context) {
    lanes =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("lane", RecordKind.LANE_MERGE.typeInfo()));
    timer = RunTimer.open(getRuntimeContext());
    metrics = ArrivalMetrics.register(getRuntimeContext().getMetricGroup());
    openedMillis = -1;
  }

  @Override
  public void processElement1(RankPart routed, Context context, Collector<StepSum> out)
      throws Exception {
    long now = begin(context.timerService());
    RawRecord record = routed.record();
    byte[] value = record.value() == null ? NOTHING : record.value();
    StepTelemetry part;
    try {
      part = Codecs.STEP_TELEMETRY_IN_PLACE.decode(value);
    } catch (WireException e) {
      context.output(DeadLetters.TAG, DeadLetters.unreadable(record, value, e, now));
      return;
    }
    LaneMerge lane = lanes.value() == null ? new LaneMerge() : lanes.value();
    try {
      LaneMerge.Outcome outcome = lane.accept(part, now);
      outcome.sums().forEach(out::collect);
      // What is kept is counted where it is known whether it came in time.
      if (outcome.arrival() != Arrival.KEPT) {
        metrics.count(outcome.arrival(), 1);
      }
    } catch (IllegalArgumentException e) {
      String key = Topics.telemetryKey(part.key().run(), part.key().rank());
      context.output(
          DeadLetters.TAG, DeadLetters.unprocessable(Topics.TELEMETRY, key, value, e, now));
    }
    lanes.update(lane);
    timer.moveTo(nextLook(lane), context.timerService());
  }

  @Override
  public void processElement2(RunLane forgotten, Context context, Collector<StepSum> out) {
    // The timer finds nothing.
    lanes.clear();
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<StepSum> out)
      throws Exception {
    timer.fired();
    LaneMerge lane = lanes.value();
    if (lane == null) {
      return;
    }
    TimerService timers = context.timerService();
    long now = Math.max(timestamp, begin(timers));
    lane.takeDue(policy.gatherMillis(), now).forEach(out::collect);
    if (expiresAt(lane) <= now) {
      lanes.clear();
      return;
    }
    lanes.update(lane);
    timer.moveTo(nextLook(lane), timers);
  }

  private long nextLook(LaneMerge lane) {
    return lane.nextDue(policy.gatherMillis()).orElse(expiresAt(lane));
  }

  private long expiresAt(LaneMerge lane) {
    return Math.max(lane.lastArrivalMillis(), openedMillis) + expiryMillis;
  }

  /** The time; the first call notes it: silence before it may be the job's own. */
  private long begin(TimerService timers) {
    long now = timers.currentProcessingTime();
    openedMillis = openedMillis < 0 ? now : openedMillis;
    return now;
  }
}
