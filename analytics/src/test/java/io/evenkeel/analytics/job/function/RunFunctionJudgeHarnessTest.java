package io.evenkeel.analytics.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.OwnRules;
import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.job.state.RuleChange;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.analytics.signal.StepSum;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunFunctionJudgeHarnessTest {

  private final TrainingRun run = TrainingRuns.healthy("r").layers(1).nan(5).build();
  private KeyedBroadcastOperatorTestHarness<String, RunInput, RuleChange, StepSignals> harness;

  @BeforeEach
  void open() throws Exception {
    harness = harness();
    harness.open();
    harness.setProcessingTime(1_000);
  }

  private static KeyedBroadcastOperatorTestHarness<String, RunInput, RuleChange, StepSignals>
      harness() throws Exception {
    return new KeyedBroadcastOperatorTestHarness<>(
        new CoBroadcastWithKeyedOperator<>(
            new RunFunction(MergePolicy.DEFAULT, WatchPolicy.DEFAULT), List.of(RunFunction.RULES)),
        RunInput::run,
        Types.STRING,
        1,
        1,
        0);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void shouldFireResolveAndForgetWhenARunIsStalledAndThenSilent() throws Exception {
    harness.processElement(new RunInput.Declaration(run.spec()), 0);
    play(0, 3);
    harness.setProcessingTime(11_000);
    assertThat(states(BuiltInRule.TELEMETRY_STALLED)).containsExactly(AlertState.FIRING);
    play(3, 4);
    assertThat(states(BuiltInRule.TELEMETRY_STALLED))
        .containsExactly(AlertState.FIRING, AlertState.RESOLVED);
    harness.setProcessingTime(22_000);
    harness.setProcessingTime(22_000 + 2 * WatchPolicy.DEFAULT.expiryMillis());
    assertThat(harness.numProcessingTimeTimers()).isZero();
    assertThat(stateEntries()).isZero();
    assertThat(states(BuiltInRule.TELEMETRY_STALLED))
        .containsExactly(
            AlertState.FIRING, AlertState.RESOLVED, AlertState.FIRING, AlertState.RESOLVED);
  }

  @Test
  void shouldUseANewRuleFromTheNextStepOnWhenItIsBroadcast() throws Exception {
    harness.processBroadcastElement(change("non-finite", RuleState.DISABLED), 0);
    play(0, 7);
    assertThat(states(BuiltInRule.NON_FINITE)).isEmpty();
    // A deletion brings the built-in settings back.
    harness.processBroadcastElement(new RuleChange("key", null), 0);
    send(TrainingRuns.healthy("r").layers(1).nan(7).build(), 7);
    assertThat(states(BuiltInRule.NON_FINITE)).containsExactly(AlertState.FIRING);
  }

  @Test
  void shouldEvaluateAUsersRuleFromTheNextStepOnWhenItIsBroadcast() throws Exception {
    play(0, 2);
    harness.processBroadcastElement(own("mine", "step >= 3"), 0);
    play(2, 5);
    assertThat(states("mine")).containsExactly(AlertState.FIRING);
    // The same again, by somebody else, changes nothing; another expression begins anew.
    harness.processBroadcastElement(own("mine", "step >= 3"), 0);
    assertThat(states("mine")).containsExactly(AlertState.FIRING);
    harness.processBroadcastElement(own("mine", "step >= 4"), 0);
    assertThat(states("mine")).containsExactly(AlertState.FIRING, AlertState.RESOLVED);
    play(5, 6);
    harness.processBroadcastElement(new RuleChange("mine", null), 0);
    play(6, 7);
    assertThat(states("mine"))
        .containsExactly(
            AlertState.FIRING, AlertState.RESOLVED, AlertState.FIRING, AlertState.RESOLVED);
    assertThat(events("mine")).extracting(AlertEvent::step).containsExactly(3L, 4L, 5L, 5L);
    assertThat(events("mine").get(1).summary())
        .isEqualTo("The rule was changed or deleted. step >= 3");
    assertThat(events("mine").get(0).alertId()).isEqualTo(events("mine").get(1).alertId());
  }

  @Test
  void shouldGoOnWithTheSameIncidentWhenRestored() throws Exception {
    harness.processBroadcastElement(own("mine", "step >= 3 && step < 6"), 0);
    harness.processBroadcastElement(own("broken", "step % 0 == 0"), 0);
    play(0, 5);
    OperatorSubtaskState state = harness.snapshot(1, 1);
    String fired = events("mine").get(0).alertId();
    harness.close();
    harness = harness();
    harness.initializeState(state);
    harness.open();
    play(4, 8);
    assertThat(events("mine")).singleElement().extracting(AlertEvent::alertId).isEqualTo(fired);
    assertThat(states("mine")).containsExactly(AlertState.RESOLVED);
    assertThat(states("broken")).isEmpty();
    // The broken rule is mended: what said that it is disabled is resolved.
    harness.processBroadcastElement(own("broken", "step > 100"), 0);
    assertThat(events("broken"))
        .singleElement()
        .satisfies(event -> assertThat(event.scope()).isEqualTo("rule"));
    assertThat(states("broken")).containsExactly(AlertState.RESOLVED);
  }

  @Test
  void shouldResolveInEveryRunThatItConcernsWhenARuleIsDeleted() throws Exception {
    harness.processBroadcastElement(own("mine", "step >= 0"), 0);
    for (String name : List.of("a", "b", "c")) {
      send(TrainingRuns.healthy(name).layers(1).build(), 0);
    }
    // A rule of its own for one run takes the other's place there, and there alone.
    harness.processBroadcastElement(
        new RuleChange("mine#b", OwnRules.forRun("b", OwnRules.of("mine", "step >= 9"))), 0);
    assertThat(runs("mine", AlertState.RESOLVED)).containsExactly("b");
    harness.processBroadcastElement(new RuleChange("mine", null), 0);
    assertThat(runs("mine", AlertState.RESOLVED)).containsExactlyInAnyOrder("b", "a", "c");
  }

  private static RuleChange own(String id, String expression) {
    return new RuleChange(id, OwnRules.of(id, expression));
  }

  private int stateEntries() {
    AbstractStreamOperator<?> operator = (AbstractStreamOperator<?>) harness.getOperator();
    return ((HeapKeyedStateBackend<?>) operator.getKeyedStateBackend()).numKeyValueStateEntries();
  }

  private static RuleChange change(String rule, RuleState state) {
    return new RuleChange(
        "key",
        new AlertRule(
            rule, "", Severity.WARNING, 0, 0, 1, 1, 1, state, "", Map.of(), "test", Instant.EPOCH));
  }

  private void play(long from, long to) throws Exception {
    for (long step = from; step < to; step++) {
      send(run, step);
    }
  }

  private void send(TrainingRun of, long step) throws Exception {
    harness.processElement(new RunInput.Sum(StepSum.of(of.telemetry(step, 0))), 0);
  }

  private List<AlertState> states(BuiltInRule rule) {
    return states(rule.id());
  }

  private List<AlertState> states(String rule) {
    return events(rule).stream().map(AlertEvent::state).toList();
  }

  private List<String> runs(String rule, AlertState state) {
    return events(rule).stream().filter(e -> e.state() == state).map(AlertEvent::run).toList();
  }

  private List<AlertEvent> events(String rule) {
    Queue<StreamRecord<AlertEvent>> alerts = harness.getSideOutput(RunFunction.ALERTS);
    return alerts == null
        ? List.of()
        : alerts.stream().map(StreamRecord::getValue).filter(e -> e.rule().equals(rule)).toList();
  }
}
