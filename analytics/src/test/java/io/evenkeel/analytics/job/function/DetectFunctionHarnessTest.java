package io.evenkeel.analytics.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.job.state.RuleChange;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DetectFunctionHarnessTest {

  private final TrainingRun run = TrainingRuns.healthy("r").layers(1).nan(5).build();
  private KeyedBroadcastOperatorTestHarness<String, RunInput, RuleChange, AlertEvent> harness;

  @BeforeEach
  void open() throws Exception {
    harness =
        ProcessFunctionTestHarnesses.forKeyedBroadcastProcessFunction(
            new DetectFunction(WatchPolicy.DEFAULT),
            RunInput::run,
            Types.STRING,
            DetectFunction.RULES);
    harness.setProcessingTime(1_000);
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
    harness.processElement(
        new RunInput.Step(TrainingRuns.healthy("r").layers(1).nan(7).build().signals(7)), 0);
    assertThat(states(BuiltInRule.NON_FINITE)).containsExactly(AlertState.FIRING);
  }

  @Test
  void shouldIgnoreARuleWithAnExpressionWhenItIsBroadcast() throws Exception {
    AlertRule cel =
        new AlertRule(
            "mine",
            "signals.loss > 3",
            Severity.WARNING,
            0,
            0,
            1,
            1,
            1,
            RuleState.ENABLED,
            "",
            Map.of(),
            "test",
            Instant.EPOCH);
    harness.processBroadcastElement(new RuleChange("mine", cel), 0);
    play(0, 7);
    assertThat(states(BuiltInRule.NON_FINITE)).containsExactly(AlertState.FIRING);
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
      harness.processElement(new RunInput.Step(run.signals(step)), 0);
    }
  }

  private List<AlertState> states(BuiltInRule rule) {
    return harness.extractOutputValues().stream()
        .filter(e -> e.rule().equals(rule.id()))
        .map(AlertEvent::state)
        .toList();
  }
}
