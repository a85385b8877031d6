package io.evenkeel.analytics.job.function;

import io.evenkeel.analytics.detect.RunJudge;
import io.evenkeel.analytics.detect.RunWatch;
import io.evenkeel.analytics.detect.ScopeState;
import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.rule.CompiledRule;
import io.evenkeel.analytics.rule.RuleSet;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/** The second half of {@link RunFunction}: a step's signals become alerts, and so does silence. */
final class StepJudging {

  /** What is known of each run. */
  static final ValueStateDescriptor<RunWatch> WATCH =
      new ValueStateDescriptor<>("watch", RecordKind.RUN_WATCH.typeInfo());

  private final WatchPolicy policy;
  private final ValueState<RunWatch> watch;
  private final MapState<String, ScopeState> scopes;
  private final RuleMetrics metrics;
  private long openedMillis;

  /**
   * Opens the state.
   *
   * @param policy how long silence is borne
   */
  StepJudging(WatchPolicy policy, RuleMetrics metrics, RuntimeContext context) {
    this.policy = policy;
    this.metrics = metrics;
    watch = context.getState(WATCH);
    scopes =
        context.getMapState(
            new MapStateDescriptor<>("scopes", Types.STRING, RecordKind.SCOPE_STATE.typeInfo()));
  }

  /** Begins at {@code now}: silence before it is the job's own. */
  void begin(long now) {
    openedMillis = now;
  }

  /** Judges a step. */
  List<AlertEvent> judge(StepSignals signals, RuleSet rules, long now, Consumer<DeadLetter> refused)
      throws IOException {
    String run = signals.key().run();
    try {
      return kept(judge(run, rules, now).onSignals(known(), signals));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      refused.accept(
          DeadLetters.unprocessable(
              Topics.SIGNALS, run, Codecs.STEP_SIGNALS.encode(signals), e, now));
      return List.of();
    }
  }

  /** The run declares itself. */
  List<AlertEvent> declared(RunSpec spec, RuleSet rules, long now, Consumer<DeadLetter> refused)
      throws IOException {
    try {
      return kept(judge(spec.run(), rules, now).onDeclaration(known(), spec));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      refused.accept(
          DeadLetters.unprocessable(Topics.RUNS, spec.run(), Codecs.RUN_SPEC.encode(spec), e, now));
      return List.of();
    }
  }

  /** Time has passed. A run that is long silent or over is forgotten. */
  List<AlertEvent> onTime(String run, RuleSet rules, long now) throws IOException {
    if (watch.value() == null) {
      return List.of();
    }
    RunJudge.Outcome outcome = judge(run, rules, now).onTime(known(), openedMillis);
    if (outcome.watch().equals(RunWatch.UNKNOWN)) {
      metrics.failed(outcome.events());
      forget();
      return outcome.events();
    }
    return kept(outcome);
  }

  /**
   * What is open of a rule that has changed or gone is resolved.
   *
   * @param state the watch of {@code run}, the current key
   */
  List<AlertEvent> changed(
      String run, ValueState<RunWatch> state, String rule, RuleSet before, RuleSet after, long now)
      throws IOException {
    RunWatch known = state.value();
    Optional<CompiledRule> replaced = before.replaced(rule, run, after);
    return known == null || replaced.isEmpty()
        ? List.of()
        : judge(run, after, now).onRuleChange(known, replaced.get());
  }

  /** When {@link #onTime} is to be asked next, ms; the largest number if there is no run. */
  long nextLook(String run, RuleSet rules, long now) throws IOException {
    RunWatch known = watch.value();
    return known == null ? Long.MAX_VALUE : judge(run, rules, now).nextLook(known, openedMillis);
  }

  /** The run has been deleted, and its alerts with it: nothing is left to resolve. */
  void forget() {
    watch.clear();
    scopes.clear();
  }

  private List<AlertEvent> kept(RunJudge.Outcome outcome) throws IOException {
    metrics.failed(outcome.events());
    watch.update(outcome.watch());
    return outcome.events();
  }

  private RunWatch known() throws IOException {
    @Nullable RunWatch known = watch.value();
    return known == null ? RunWatch.UNKNOWN : known;
  }

  private RunJudge judge(String run, RuleSet rules, long nowMillis) {
    return new RunJudge(
        run, new FlinkScopeStates(scopes), rules, policy, Instant.ofEpochMilli(nowMillis));
  }
}
