package io.evenkeel.analytics.job.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.analytics.Telemetries;
import io.evenkeel.analytics.job.state.RankPart;
import io.evenkeel.analytics.job.state.RawRecord;
import io.evenkeel.analytics.job.state.RecordKind;
import io.evenkeel.analytics.job.state.RunInput;
import io.evenkeel.analytics.job.state.RunLane;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.analytics.signal.StepSum;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.util.BitSet;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.StreamFlatMap;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way of telemetry from bytes to sums. */
class LaneFunctionHarnessTest {

  private static final byte[] KEY = {'k'};
  private static final long WAIT = 2_000;
  private static final long EXPIRY = 60_000;
  private static final List<Integer> ODD = List.of(1, 3, 5, 7, 9, 11, 13, 15);

  private final TrainingRun run = TrainingRuns.healthy("r").ranks(17).layers(1).build();
  private final TrainingRun alone = TrainingRuns.healthy("alone").layers(1).build();
  private OneInputStreamOperatorTestHarness<RawRecord, RankPart> router;
  private KeyedTwoInputStreamOperatorTestHarness<RunLane, RankPart, RunLane, StepSum> harness;

  @BeforeEach
  void open() throws Exception {
    router = ProcessFunctionTestHarnesses.forProcessFunction(new RouteFunction());
    harness = harness();
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    router.close();
    harness.close();
  }

  @Test
  void shouldHandASumOnWhenAllRanksOfItsLaneAreIn() throws Exception {
    // Of 17 ranks the even ones go one lane, the odd ones another.
    for (int rank : new int[] {3, 5, 0, 7, 11, 9, 15, 13}) {
      send(run.telemetry(0, rank));
    }
    assertThat(ranks()).isEmpty();
    send(run.telemetry(0, 1));
    assertThat(ranks()).containsExactly(ODD);
  }

  @Test
  void shouldHandOnWhatThereIsAndForgetInTheEndWhenARankStaysAway() throws Exception {
    send(run.telemetry(0, 3));
    harness.setProcessingTime(WAIT / 10 - 1);
    assertThat(ranks()).isEmpty();
    harness.setProcessingTime(WAIT / 10);
    assertThat(ranks()).containsExactly(List.of(3));
    harness.setProcessingTime(2 * EXPIRY);
    assertThat(harness.numProcessingTimeTimers()).isZero();
    assertThat(harness.numKeyedStateEntries()).isZero();
  }

  @Test
  void shouldGoOnWithTheSameStepWhenRestoredInTheMiddleOfIt() throws Exception {
    send(run.telemetry(0, 3));
    OperatorSubtaskState state = harness.snapshot(1, 1);
    harness.close();
    harness = harness();
    harness.initializeState(state);
    harness.open();
    for (int rank : ODD) {
      send(run.telemetry(0, rank));
    }
    assertThat(ranks()).containsExactly(ODD);
  }

  @Test
  void shouldBeginAnewWhenTheRunHasBeenDeleted() throws Exception {
    send(alone.telemetry(0, 0), alone.telemetry(0, 0));
    assertThat(ranks()).containsExactly(List.of(0));
    OneInputStreamOperatorTestHarness<RunInput, RunLane> tell =
        new OneInputStreamOperatorTestHarness<>(new StreamFlatMap<>(new LanesFunction()));
    try (tell) {
      tell.open();
      tell.processElement(new RunInput.Forgotten("alone"), 0);
      for (RunLane lane : tell.extractOutputValues()) {
        harness.processElement2(new StreamRecord<>(lane));
      }
    }
    send(alone.telemetry(0, 0));
    assertThat(ranks()).containsExactly(List.of(0), List.of(0));
  }

  @Test
  void shouldPutAsideWhatCannotBeReadAndGoOn() throws Exception {
    send(new RawRecord("t", 3, 41, KEY, new byte[] {1, 2, 3}));
    send(new RawRecord("t", 3, 42, KEY, Codecs.STEP_TELEMETRY.encode(alone.telemetry(0, 0))));
    send(new RawRecord("t", 3, 43, KEY, null));
    assertThat(ranks()).containsExactly(List.of(0));
    assertThat(router.getSideOutput(DeadLetters.TAG))
        .extracting(letter -> letter.getValue().origin())
        .containsExactly(new DeadLetter.Origin("t", 3, 41));
    assertThat(harness.getSideOutput(DeadLetters.TAG))
        .extracting(letter -> letter.getValue().origin())
        .containsExactly(new DeadLetter.Origin("t", 3, 43));
  }

  @Test
  void shouldPutAsideWhatCannotBeProcessedAndGoOn() throws Exception {
    send(
        Telemetries.withKey(
            run.telemetry(0, 0), new ObservationKey("r", 0, 0, 1_999_999_999), 2_000_000_000));
    send(alone.telemetry(0, 0));
    assertThat(ranks()).containsExactly(List.of(0));
    assertThat(harness.getSideOutput(DeadLetters.TAG))
        .singleElement()
        .satisfies(
            letter ->
                assertThat(letter.getValue().errorId()).isEqualTo(ErrorId.ANALYTICS_STATE.id()));
  }

  @Test
  void shouldNeverFailWhateverTheBytes() throws Exception {
    byte[] good = Codecs.STEP_TELEMETRY.encode(alone.telemetry(0, 0));
    SeededCases.forEach(
        500,
        random -> {
          byte[] mutated = good.clone();
          for (int i = random.nextInt(1, 20); i > 0; i--) {
            mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
          }
          send(new RawRecord("t", 0, 0, KEY, mutated));
        });
    // What it reads, its own serialiser can carry.
    for (StepSum sum : harness.extractOutputValues()) {
      assertThat(RecordKind.STEP_SUM.typeInfo().createSerializer(null).copy(sum).key())
          .isEqualTo(sum.key());
    }
  }

  private void send(StepTelemetry... parts) throws Exception {
    for (StepTelemetry part : parts) {
      send(new RawRecord("t", 0, 0, KEY, Codecs.STEP_TELEMETRY.encode(part)));
    }
  }

  private void send(RawRecord record) throws Exception {
    int before = router.extractOutputValues().size();
    router.processElement(record, 0);
    List<RankPart> routed = router.extractOutputValues();
    for (RankPart part : routed.subList(before, routed.size())) {
      harness.processElement1(part, 0);
    }
  }

  private List<List<Integer>> ranks() {
    return harness.extractOutputValues().stream()
        .map(StepSum::ranks)
        .map(BitSet::stream)
        .map(ranks -> ranks.boxed().toList())
        .toList();
  }

  private static KeyedTwoInputStreamOperatorTestHarness<RunLane, RankPart, RunLane, StepSum>
      harness() throws Exception {
    return new KeyedTwoInputStreamOperatorTestHarness<>(
        new KeyedCoProcessOperator<>(new LaneFunction(new MergePolicy(WAIT, 64), EXPIRY)),
        RankPart::lane,
        lane -> lane,
        RecordKind.RUN_LANE.typeInfo());
  }
}
