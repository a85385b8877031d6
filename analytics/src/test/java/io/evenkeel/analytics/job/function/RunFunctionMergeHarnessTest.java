package io.evenkeel.analytics.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.job.state.RuleChange;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.analytics.signal.StepSum;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunFunctionMergeHarnessTest {

  private static final long WAIT = 2_000;
  private static final long EXPIRY = 60_000;

  private final TrainingRun run = TrainingRuns.healthy("r").ranks(2).layers(1).build();
  private KeyedBroadcastOperatorTestHarness<String, RunInput, RuleChange, StepSignals> harness;

  @BeforeEach
  void open() throws Exception {
    harness = harness();
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void shouldEmitInStepOrderWhenRanksAreReordered() throws Exception {
    send(run.telemetry(1, 0), run.telemetry(1, 1), run.telemetry(0, 1), run.telemetry(0, 0));
    // Step 1 was complete first, and step 0 came too late for it.
    assertThat(steps()).containsExactly(1L);
    send(run.telemetry(2, 1), run.telemetry(3, 1), run.telemetry(3, 0));
    assertThat(steps()).containsExactly(1L);
    send(run.telemetry(2, 0));
    assertThat(steps()).containsExactly(1L, 2L, 3L);
    assertThat(harness.extractOutputValues().get(2).lateParts()).isEqualTo(2);
  }

  @Test
  void shouldEmitAPartialStepAndKeepNothingWhenARankStaysAway() throws Exception {
    send(run.telemetry(0, 0));
    harness.setProcessingTime(WAIT - 1);
    assertThat(steps()).isEmpty();
    harness.setProcessingTime(WAIT);
    assertThat(harness.extractOutputValues()).hasSize(1);
    assertThat(harness.extractOutputValues().get(0).ranksSeen()).isEqualTo(1);
    // Once the run has been silent for long, no timer and no state is left.
    harness.setProcessingTime(EXPIRY + WAIT);
    assertThat(harness.numProcessingTimeTimers()).isZero();
    assertThat(stateEntries()).isZero();
  }

  @Test
  void shouldGoOnWithTheSameStepWhenRestoredInTheMiddleOfIt() throws Exception {
    send(run.telemetry(0, 0), run.telemetry(0, 1), run.telemetry(1, 0));
    OperatorSubtaskState state = harness.snapshot(1, 1);
    harness.close();
    harness = harness();
    harness.initializeState(state);
    harness.open();
    // The job was down for long: the rank that had not come yet is not missing for that.
    harness.setProcessingTime(30_000);
    send(run.telemetry(1, 0), run.telemetry(1, 1));
    assertThat(steps()).containsExactly(1L);
    assertThat(harness.extractOutputValues().get(0).ranksSeen()).isEqualTo(2);
  }

  @Test
  void shouldDropTheOldIncarnationsPartsWhenANewOneBegins() throws Exception {
    send(run.telemetry(5, 0), run.telemetry(6, 0));
    send(TrainingRuns.healthy("r").incarnation(1).layers(1).build().telemetry(5, 0));
    assertThat(steps()).containsExactly(5L);
    assertThat(harness.extractOutputValues().get(0).key().incarnation()).isEqualTo(1);
    harness.setProcessingTime(WAIT * 2);
    assertThat(steps()).hasSize(1);
    // progress and timer, watch and scopes: no part is left
    assertThat(stateEntries()).isEqualTo(4);
  }

  @Test
  void shouldBeginAnewWhenTheRunHasBeenDeleted() throws Exception {
    send(run.telemetry(5, 0), run.telemetry(5, 1), run.telemetry(6, 0));
    harness.processElement(new RunInput.Forgotten("r"), 0);
    // Only the timer is left.
    assertThat(stateEntries()).isEqualTo(1);
    send(run.telemetry(5, 0), run.telemetry(5, 1));
    assertThat(steps()).containsExactly(5L, 5L);
    harness.processElement(new RunInput.Declaration(run.spec()), 0);
    send(run.telemetry(5, 0), run.telemetry(6, 0), run.telemetry(6, 1));
    assertThat(steps()).containsExactly(5L, 5L, 6L);
  }

  private void send(StepTelemetry... parts) throws Exception {
    for (StepTelemetry part : parts) {
      harness.processElement(new RunInput.Sum(StepSum.of(part)), 0);
    }
  }

  private List<Long> steps() {
    return harness.extractOutputValues().stream().map(s -> s.key().step()).toList();
  }

  private int stateEntries() {
    AbstractStreamOperator<?> operator = (AbstractStreamOperator<?>) harness.getOperator();
    return ((HeapKeyedStateBackend<?>) operator.getKeyedStateBackend()).numKeyValueStateEntries();
  }

  private static KeyedBroadcastOperatorTestHarness<String, RunInput, RuleChange, StepSignals>
      harness() throws Exception {
    return new KeyedBroadcastOperatorTestHarness<>(
        new CoBroadcastWithKeyedOperator<>(
            new RunFunction(new MergePolicy(WAIT, 64), new WatchPolicy(10, 2_000, EXPIRY)),
            List.of(RunFunction.RULES)),
        RunInput::run,
        Types.STRING,
        1,
        1,
        0);
  }
}
