package io.evenkeel.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.memory.MemoryBroker;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.trainer.checkpoint.Manifest.Kind;
import io.evenkeel.trainer.checkpoint.Manifest.Origin;
import io.evenkeel.trainer.control.RunActions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run does when it is told to act, as its telemetry and its weights show. */
final class ActionsTest {
  @TempDir Path data;
  private final MemoryBroker broker = new MemoryBroker();
  private LoopRig rig;
  private long sequence;

  @BeforeEach
  void open() {
    rig = new LoopRig(broker, data, 2, 1);
    rig.course = new TrainingLoop.Course(1, 4, 0, 0, 0, 30_000);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void send(int incarnation, CommandBody body) {
    Instant now = Instant.now();
    broker.send(
        new Command(
            LoopRig.RUN,
            incarnation,
            new CommandPosition(1, ++sequence),
            now,
            now.plusSeconds(60),
            0,
            body,
            "operator:ada",
            ""));
  }

  private void act(int incarnation, String action) {
    act(incarnation, action, Map.of());
  }

  private void act(int incarnation, String action, Map<String, String> arguments) {
    send(incarnation, new RunAction(action, arguments));
  }

  /** Does something once, when so many steps have been trained. */
  private void after(int steps, Runnable what) {
    rig.afterStep =
        () -> {
          if (rig.losses.size() == steps) {
            what.run();
          }
        };
  }

  private CommandAck ack(int index) {
    rig.drain();
    return broker.acks().get(index);
  }

  private List<StepTelemetry> told(int rank) {
    rig.drain();
    return broker.telemetry().stream().filter(t -> t.key().rank() == rank).toList();
  }

  @Test
  void shouldLeaveEverythingAsItWasWhenAnUpdateIsSkipped() {
    after(3, () -> act(0, RunActions.SKIP_UPDATE));
    rig.train(3);
    double[] before = rig.weights();
    rig.loop(new RunPosition(0, 3, 0, List.of())).run(4, new StopRequest());

    assertThat(rig.weights()).isEqualTo(before);
    assertThat(ack(0).status()).isEqualTo(AckStatus.APPLIED);
    assertThat(ack(0).step()).isEqualTo(3);
    assertThat(told(0).get(3).scalars()).containsEntry("update_skipped", 1.0);
    assertThat(told(0).get(3).gradientNorm()).isPositive();
    rig.team.replicas().forEach(replica -> assertThat(LoopRig.weights(replica)).isEqualTo(before));
  }

  @Test
  void shouldSkipOneUpdateAlone() {
    act(0, RunActions.SKIP_UPDATE);
    rig.train(3);

    assertThat(rig.team.leader().optimizer().updates()).isEqualTo(2);
  }

  @Test
  void shouldMeasureExactlyWhenAsked() {
    after(2, () -> act(0, RunActions.MEASURE_EXACTLY));
    rig.train(4);

    assertThat(told(1))
        .extracting(t -> t.moeLayers().getFirst().gradientMethod())
        .containsExactly(
            GradientMethod.ONE_PASS,
            GradientMethod.ONE_PASS,
            GradientMethod.EXACT,
            GradientMethod.ONE_PASS);
  }

  @Test
  void shouldGoBackAsANewIncarnationThatRepeatsTheStepsExactly() throws IOException {
    after(6, () -> act(0, RunActions.ROLL_BACK));
    RunPosition end = rig.train(10);

    assertThat(end.incarnation()).isEqualTo(1);
    assertThat(end.lineage()).containsExactly(new Origin(Kind.ROLLED_BACK, LoopRig.RUN, 0, 4, 1));
    assertThat(told(1).stream().map(t -> t.key().incarnation() + ":" + t.key().step()))
        .containsExactly(
            "0:0", "0:1", "0:2", "0:3", "0:4", "0:5", "1:4", "1:5", "1:6", "1:7", "1:8", "1:9");
    assertThat(told(1).get(6).losses()).isEqualTo(told(1).get(4).losses());
    assertThat(told(1).get(7).losses()).isEqualTo(told(1).get(5).losses());
    assertThat(ack(0).incarnation()).isZero();
    assertThat(ack(0).step()).isEqualTo(6);
    assertThat(rig.statuses).containsExactly(RunStatus.RUNNING);
    assertThat(rig.folder.orElseThrow().entry().orElseThrow().incarnation()).isEqualTo(1);
    assertThat(rig.observations).isEqualTo(2 * 6);

    MemoryBroker other = new MemoryBroker();
    try (LoopRig unbroken = new LoopRig(other, data.resolve("unbroken"), 2, 1)) {
      unbroken.train(10);
      assertThat(rig.weights()).isEqualTo(unbroken.weights());
    }
  }

  @Test
  void shouldResumeFromTheStateRolledBackToWhenKilledRightAfterIt() throws IOException {
    after(
        9,
        () -> {
          act(0, RunActions.ROLL_BACK, Map.of("step", "5"));
          act(1, RunActions.PAUSE);
        });
    rig.pause =
        nanos -> {
          throw new IllegalStateException("killed");
        };

    assertThatThrownBy(() -> rig.train(12)).hasMessage("killed");

    RunPosition resumed = rig.keeper().orElseThrow().resume(2).orElseThrow();
    assertThat(resumed.step()).isEqualTo(4);
    assertThat(resumed.lineage())
        .extracting(Origin::kind)
        .containsExactly(Kind.ROLLED_BACK, Kind.RESUMED);
  }

  @Test
  void shouldPassBatchesOverWhenToldTo() {
    after(6, () -> act(0, RunActions.ROLL_BACK, Map.of("step", "4", "pass_over", "100")));
    RunPosition end = rig.train(8);

    assertThat(end.passedOver()).isEqualTo(100);
    assertThat(told(0).get(6).key().step()).isEqualTo(4);
    assertThat(told(0).get(6).losses()).isNotEqualTo(told(0).get(4).losses());
  }

  @Test
  void shouldKeepCommandedKnobsWhenGoingBack() {
    double commanded = rig.config.alpha() / 2;
    after(
        6,
        () -> {
          send(0, new SetKnob(Knobs.LOAD_BALANCE_ALPHA, "", commanded, null));
          act(0, RunActions.ROLL_BACK);
        });
    rig.train(8);

    assertThat(rig.knobs.value(Knobs.LOAD_BALANCE_ALPHA)).isEqualTo(commanded);
    assertThat(told(0).getLast().moeLayers().getFirst().loadBalanceCoefficient())
        .isEqualTo(commanded / 2);
  }

  @Test
  void shouldRefuseToGoBackWhereThereIsNoCheckpointOrTheArgumentIsWrong() {
    act(0, RunActions.ROLL_BACK);
    act(0, RunActions.ROLL_BACK, Map.of("step", "-1"));
    act(0, RunActions.ROLL_BACK, Map.of("steps", "1"));
    act(0, RunActions.PAUSE, Map.of("for", "ever"));
    rig.train(1);

    rig.drain();
    assertThat(broker.acks())
        .extracting(CommandAck::errorId)
        .containsExactly(
            ErrorId.COMMAND_ACTION_IMPOSSIBLE.id(),
            ErrorId.COMMAND_ACTION_ARGUMENT.id(),
            ErrorId.COMMAND_ACTION_ARGUMENT.id(),
            ErrorId.COMMAND_ACTION_ARGUMENT.id());
  }

  @Test
  void shouldTrainNoStepButHearCommandsWhilePaused() {
    int[] waits = {0};
    after(2, () -> act(0, RunActions.PAUSE));
    double commanded = rig.config.alpha() * 2;
    rig.pause =
        nanos -> {
          waits[0]++;
          assertThat(rig.losses).hasSize(2);
          if (waits[0] == 3) {
            send(0, new SetKnob(Knobs.LOAD_BALANCE_ALPHA, "", commanded, null));
          }
          if (waits[0] == 6) {
            assertThat(rig.knobs.value(Knobs.LOAD_BALANCE_ALPHA)).isEqualTo(commanded);
            act(0, RunActions.RESUME);
          }
        };

    assertThat(rig.train(4).step()).isEqualTo(4);
    assertThat(waits[0]).isEqualTo(6);
    assertThat(rig.statuses).containsExactly(RunStatus.PAUSED, RunStatus.RUNNING);
    assertThat(told(0)).hasSize(4);
    assertThat(broker.acks()).allMatch(ack -> ack.status() == AckStatus.APPLIED).hasSize(3);
  }

  @Test
  void shouldFallBackWhilePausedWhenTheLeaseLapses() {
    rig.course = new TrainingLoop.Course(1, 4, 0, 0, 0, 1);
    send(0, new SetKnob(Knobs.LEARNING_RATE_SCALE, "", 0.5, null));
    act(0, RunActions.PAUSE);
    int[] waits = {0};
    rig.pause =
        nanos -> {
          // The lease is of one millisecond: it lapses at one of these looks.
          waits[0]++;
          if (rig.knobs.value(Knobs.LEARNING_RATE_SCALE) == 1) {
            act(0, RunActions.RESUME);
          }
        };

    assertThat(rig.train(1).step()).isEqualTo(1);
    assertThat(waits[0]).isPositive();
  }

  @Test
  void shouldSaveAtOnceWhenAskedAndOfferNothingOfTheKindWithoutAFolder() throws IOException {
    after(2, () -> act(0, RunActions.SAVE_CHECKPOINT));
    rig.train(3);
    assertThat(rig.folder.orElseThrow().checkpoints())
        .extracting(c -> c.manifest().nextStep())
        .containsExactly(3L, 2L);
    assertThat(ack(0).status()).isEqualTo(AckStatus.APPLIED);

    assertThat(TrainingLoop.actions(Optional.empty()))
        .contains(RunActions.PAUSE)
        .doesNotContain(RunActions.SAVE_CHECKPOINT, RunActions.ROLL_BACK);
  }
}
