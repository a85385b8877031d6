package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.analytics.detect.RunJudge;
import io.evenkeel.analytics.detect.RunWatch;
import io.evenkeel.analytics.detect.ScopeState;
import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.job.state.RuleChange;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.rule.AlertRule;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Keyed by run: judges its steps under the rules in force, and watches for silence. */
@SuppressWarnings("NullAway.Init") // state is opened by Flink
public final class DetectFunction
    extends KeyedBroadcastProcessFunction<String, RunInput, RuleChange, AlertEvent> {

  /** Rule records by their key, on every slot. */
  public static final MapStateDescriptor<String, AlertRule> RULES =
      new MapStateDescriptor<>("rules", Types.STRING, RecordKind.RULE.typeInfo());

  private static final long serialVersionUID = 1L;

  private final WatchPolicy policy;
  private transient ValueState<RunWatch> watch;
  private transient MapState<String, ScopeState> scopes;
  private transient RunTimer timer;
  private transient Counter rulesIgnored;
  private transient @Nullable RuleIndex index;
  private transient long openedMillis;

  /** Judges. */
  public DetectFunction(WatchPolicy policy) {
    this.policy = policy;
  }

  @Override
  public void open(OpenContext context) {
    watch =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("watch", RecordKind.RUN_WATCH.typeInfo()));
    scopes =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "scopes", Types.STRING, RecordKind.SCOPE_STATE.typeInfo()));
    timer = RunTimer.open(getRuntimeContext());
    rulesIgnored = getRuntimeContext().getMetricGroup().counter("rules_ignored");
    openedMillis = -1;
  }

  @Override
  public void processElement(RunInput input, ReadOnlyContext context, Collector<AlertEvent> out)
      throws Exception {
    if (input instanceof RunInput.Forgotten) {
      // Its alerts are deleted too: nothing is left to resolve. The timer finds nothing.
      watch.clear();
      scopes.clear();
      return;
    }
    long now = context.currentProcessingTime();
    RunJudge judge = judge(context.getCurrentKey(), context.getBroadcastState(RULES), now);
    RunWatch before = watch.value() == null ? RunWatch.UNKNOWN : watch.value();
    RunJudge.Outcome outcome;
    try {
      outcome = judged(judge, before, input);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      context.output(DeadLetters.TAG, DeadLetters.unprocessable(input, e, now));
      return;
    }
    outcome.events().forEach(out::collect);
    watch.update(outcome.watch());
    timer.moveTo(judge.nextLook(outcome.watch(), openedMillis), context.timerService());
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<AlertEvent> out)
      throws Exception {
    timer.fired();
    if (watch.value() == null) {
      return;
    }
    long now = Math.max(timestamp, context.currentProcessingTime());
    RunJudge judge = judge(context.getCurrentKey(), context.getBroadcastState(RULES), now);
    RunJudge.Outcome outcome = judge.onTime(watch.value(), openedMillis);
    outcome.events().forEach(out::collect);
    if (outcome.watch().equals(RunWatch.UNKNOWN)) {
      watch.clear();
      scopes.clear();
      return;
    }
    watch.update(outcome.watch());
    timer.moveTo(judge.nextLook(outcome.watch(), openedMillis), context.timerService());
  }

  @Override
  public void processBroadcastElement(RuleChange change, Context context, Collector<AlertEvent> out)
      throws Exception {
    BroadcastState<String, AlertRule> rules = context.getBroadcastState(RULES);
    AlertRule rule = change.rule();
    if (rule == null) {
      rules.remove(change.key());
    } else {
      rules.put(change.key(), rule);
    }
    RuleIndex.report(rule, rulesIgnored);
    index = null;
  }

  private static RunJudge.Outcome judged(RunJudge judge, RunWatch before, RunInput input) {
    return input instanceof RunInput.Step step
        ? judge.onSignals(before, step.signals())
        : judge.onDeclaration(before, ((RunInput.Declaration) input).spec());
  }

  private RunJudge judge(
      String run, ReadOnlyBroadcastState<String, AlertRule> rules, long nowMillis)
      throws Exception {
    if (openedMillis < 0) {
      // Silence while the job itself was down is not the run's.
      openedMillis = nowMillis;
    }
    RuleBook book = index;
    if (book == null) {
      index = RuleIndex.of(rules.immutableEntries());
      book = index;
    }
    return new RunJudge(
        run, new FlinkScopeStates(scopes), book, policy, Instant.ofEpochMilli(nowMillis));
  }
}
