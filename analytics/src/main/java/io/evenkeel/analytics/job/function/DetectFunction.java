package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.detect.RunJudge;
import io.evenkeel.analytics.detect.RunWatch;
import io.evenkeel.analytics.detect.ScopeState;
import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.job.state.RuleChange;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.analytics.rule.CompiledRule;
import io.evenkeel.analytics.rule.RuleCompiler;
import io.evenkeel.analytics.rule.RuleSet;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.rule.AlertRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Keyed by run: judges its steps under the rules in force, and watches for silence. A rule that is
 * broadcast holds from the next step on.
 */
@SuppressWarnings("NullAway.Init") // state is opened by Flink
public final class DetectFunction
    extends KeyedBroadcastProcessFunction<String, RunInput, RuleChange, AlertEvent> {

  /** Rule records by their key, on every slot. */
  public static final MapStateDescriptor<String, AlertRule> RULES =
      new MapStateDescriptor<>("rules", Types.STRING, RecordKind.RULE.typeInfo());

  private static final ValueStateDescriptor<RunWatch> WATCH =
      new ValueStateDescriptor<>("watch", RecordKind.RUN_WATCH.typeInfo());

  private static final long serialVersionUID = 1L;

  private final WatchPolicy policy;
  private transient ValueState<RunWatch> watch;
  private transient MapState<String, ScopeState> scopes;
  private transient RunTimer timer;
  private transient RuleMetrics metrics;
  private transient RuleCompiler compiler;
  private transient @Nullable RuleSet ruleSet;
  private transient long openedMillis;

  /** Judges. */
  public DetectFunction(WatchPolicy policy) {
    this.policy = policy;
  }

  @Override
  public void open(OpenContext context) {
    watch = getRuntimeContext().getState(WATCH);
    scopes =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "scopes", Types.STRING, RecordKind.SCOPE_STATE.typeInfo()));
    timer = RunTimer.open(getRuntimeContext());
    metrics = RuleMetrics.register(getRuntimeContext().getMetricGroup());
    compiler = RuleCompiler.onProcessorTime();
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
    metrics.failed(outcome.events());
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
    RuleSet before = ruleSet(rules);
    AlertRule rule = change.rule();
    if (rule == null) {
      rules.remove(change.key());
    } else {
      rules.put(change.key(), rule);
    }
    RuleSet after = RuleSet.of(values(rules), compiler, before);
    ruleSet = after;
    metrics.ignored(after);
    for (String id : before.changed(after)) {
      closeReplaced(id, before, after, context, out);
    }
  }

  /** Resolves, in every run, what is open of a rule that has changed or gone. */
  private void closeReplaced(
      String id, RuleSet before, RuleSet after, Context context, Collector<AlertEvent> out)
      throws Exception {
    long now = context.currentProcessingTime();
    context.applyToKeyedState(
        WATCH,
        (run, state) -> {
          RunWatch known = state.value();
          Optional<CompiledRule> replaced = before.replaced(id, run, after);
          if (known != null && replaced.isPresent()) {
            judge(run, after, now).onRuleChange(known, replaced.get()).forEach(out::collect);
          }
        });
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
    return judge(run, ruleSet(rules), nowMillis);
  }

  private RunJudge judge(String run, RuleSet rules, long nowMillis) {
    return new RunJudge(
        run, new FlinkScopeStates(scopes), rules, policy, Instant.ofEpochMilli(nowMillis));
  }

  private RuleSet ruleSet(ReadOnlyBroadcastState<String, AlertRule> rules) throws Exception {
    RuleSet known = ruleSet;
    if (known == null) {
      known = RuleSet.of(values(rules), compiler, RuleSet.EMPTY);
      ruleSet = known;
      metrics.ignored(known);
    }
    return known;
  }

  private static List<AlertRule> values(ReadOnlyBroadcastState<String, AlertRule> rules)
      throws Exception {
    List<AlertRule> values = new ArrayList<>();
    rules.immutableEntries().forEach(entry -> values.add(entry.getValue()));
    return values;
  }
}
