package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.job.state.RuleChange;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.analytics.rule.RuleCompiler;
import io.evenkeel.analytics.rule.RuleSet;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.signal.StepSignals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Keyed by run: adds the lanes' sums up until a step is ready, emits its signals in step order,
 * judges them under the rules in force, and watches for silence. Both in one place: signals that
 * went over a shuffle to their judge would be written and read once more (ADR 34). A rule that is
 * broadcast holds from the next step on; a run that has been deleted begins anew.
 */
@SuppressWarnings("NullAway.Init") // opened by Flink
public final class RunFunction
    extends KeyedBroadcastProcessFunction<String, RunInput, RuleChange, StepSignals>
    implements CheckpointedFunction {

  /** Rule records by their key, on every slot. */
  public static final MapStateDescriptor<String, AlertRule> RULES =
      new MapStateDescriptor<>("rules", Types.STRING, RecordKind.RULE.typeInfo());

  /** The side output of alerts. */
  public static final OutputTag<AlertEvent> ALERTS =
      new OutputTag<>("alerts", RecordKind.ALERT.typeInfo());

  private static final long serialVersionUID = 1L;

  private final MergePolicy mergePolicy;
  private final WatchPolicy watchPolicy;
  private transient boolean restored;
  private transient boolean begun;
  private transient RuleMetrics metrics;
  private transient RuleCompiler compiler;
  private transient RunTimer timer;
  private transient StepMerging merging;
  private transient StepJudging judging;
  private transient @Nullable RuleSet ruleSet;

  /**
   * Merges and judges.
   *
   * @param mergePolicy how long a step waits for its ranks
   * @param watchPolicy how long silence is borne
   */
  public RunFunction(MergePolicy mergePolicy, WatchPolicy watchPolicy) {
    this.mergePolicy = mergePolicy;
    this.watchPolicy = watchPolicy;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) {
    restored = context.isRestored();
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {}

  @Override
  public void open(OpenContext context) {
    metrics = RuleMetrics.register(getRuntimeContext().getMetricGroup());
    compiler = RuleCompiler.onProcessorTime();
    timer = RunTimer.open(getRuntimeContext());
    merging = new StepMerging(mergePolicy, watchPolicy.expiryMillis(), getRuntimeContext());
    judging = new StepJudging(watchPolicy, metrics, getRuntimeContext());
    begun = false;
  }

  @Override
  public void processElement(RunInput input, ReadOnlyContext context, Collector<StepSignals> out)
      throws Exception {
    if (input instanceof RunInput.Forgotten) {
      // The timer finds nothing.
      merging.forget();
      judging.forget();
      return;
    }
    long now = begin(context);
    RuleSet rules = ruleSet(context.getBroadcastState(RULES));
    Consumer<DeadLetter> refused = letter -> context.output(DeadLetters.TAG, letter);
    if (input instanceof RunInput.Sum sum) {
      emit(merging.accept(sum.sum(), now, refused), rules, now, context, out);
    } else {
      tell(judging.declared(((RunInput.Declaration) input).spec(), rules, now, refused), context);
    }
    moveTimer(rules, now, context);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<StepSignals> out)
      throws Exception {
    timer.fired();
    long now = Math.max(timestamp, begin(context));
    RuleSet rules = ruleSet(context.getBroadcastState(RULES));
    List<StepSignals> due = merging.onTime(now, letter -> context.output(DeadLetters.TAG, letter));
    emit(due, rules, now, context, out);
    tell(judging.onTime(context.getCurrentKey(), rules, now), context);
    moveTimer(rules, now, context);
  }

  @Override
  public void processBroadcastElement(
      RuleChange change, Context context, Collector<StepSignals> out) throws Exception {
    BroadcastState<String, AlertRule> records = context.getBroadcastState(RULES);
    RuleSet before = ruleSet(records);
    AlertRule rule = change.rule();
    if (rule == null) {
      records.remove(change.key());
    } else {
      records.put(change.key(), rule);
    }
    RuleSet after = RuleSet.of(values(records), compiler, before);
    ruleSet = after;
    metrics.ignored(after);
    long now = context.currentProcessingTime();
    for (String id : before.changed(after)) {
      context.applyToKeyedState(
          StepJudging.WATCH,
          (run, state) ->
              judging
                  .changed(run, state, id, before, after, now)
                  .forEach(event -> context.output(ALERTS, event)));
    }
  }

  private void emit(
      List<StepSignals> steps,
      RuleSet rules,
      long now,
      ReadOnlyContext context,
      Collector<StepSignals> out)
      throws IOException {
    for (StepSignals signals : steps) {
      out.collect(signals);
      tell(
          judging.judge(signals, rules, now, letter -> context.output(DeadLetters.TAG, letter)),
          context);
    }
  }

  private static void tell(List<AlertEvent> events, ReadOnlyContext context) {
    events.forEach(event -> context.output(ALERTS, event));
  }

  private void moveTimer(RuleSet rules, long now, ReadOnlyContext context) throws IOException {
    long next = Math.min(merging.nextLook(), judging.nextLook(context.getCurrentKey(), rules, now));
    if (next < Long.MAX_VALUE) {
      timer.moveTo(next, context.timerService());
    }
  }

  /** The time; the first call notes it. */
  private long begin(ReadOnlyContext context) {
    long now = context.currentProcessingTime();
    if (!begun) {
      begun = true;
      judging.begin(now);
      if (restored) {
        merging.goOn(now);
      }
    }
    return now;
  }

  private RuleSet ruleSet(ReadOnlyBroadcastState<String, AlertRule> records) throws Exception {
    RuleSet known = ruleSet;
    if (known == null) {
      known = RuleSet.of(values(records), compiler, RuleSet.EMPTY);
      ruleSet = known;
      metrics.ignored(known);
    }
    return known;
  }

  private static List<AlertRule> values(ReadOnlyBroadcastState<String, AlertRule> records)
      throws Exception {
    List<AlertRule> values = new ArrayList<>();
    records.immutableEntries().forEach(entry -> values.add(entry.getValue()));
    return values;
  }
}
