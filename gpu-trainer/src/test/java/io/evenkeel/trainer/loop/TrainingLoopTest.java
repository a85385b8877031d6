package io.evenkeel.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.client.memory.MemoryBroker;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.trainer.tensor.Tensor;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingLoopTest {
  @TempDir Path data;
  private final MemoryBroker broker = new MemoryBroker();
  private LoopRig rig;

  @BeforeEach
  void open() {
    rig = new LoopRig(broker, data, 1, 1);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static Command alpha(long sequence, double value) {
    Instant now = Instant.now();
    return new Command(
        LoopRig.RUN,
        0,
        new CommandPosition(1, sequence),
        now,
        now.plusSeconds(60),
        0,
        new SetKnob(Knobs.LOAD_BALANCE_ALPHA, "", value, null),
        "test",
        "");
  }

  @Test
  void shouldTellEveryStepWithSumsThatAddUp() {
    rig.train(25);
    rig.drain();

    List<StepTelemetry> told = broker.telemetry();
    assertThat(told).extracting(t -> t.key().step()).containsExactlyElementsOf(steps(25));
    StepTelemetry last = told.getLast();
    int tokens = rig.config.tokens();
    assertThat(last.tokens()).isEqualTo(tokens);
    assertThat(last.telemetryTimeMillis()).isPositive().isFinite();
    assertThat(last.stepTimeMillis()).isPositive().isFinite();
    assertThat(last.tensors()).hasSize(rig.team.leader().state().parameters().size());
    assertThat(last.activations()).hasSize(6);
    for (MoeLayerTelemetry layer : last.moeLayers()) {
      assertThat(Arrays.stream(layer.load().toArray()).sum()).isEqualTo(2L * tokens);
      assertThat(Arrays.stream(layer.probabilitySums().toArray()).sum())
          .isCloseTo(tokens, within(1e-3));
      assertThat(layer.loadBalanceCoefficient()).isEqualTo(rig.config.alpha() / 2);
      // Token-summed: f_j is about 1 a token.
      assertThat(layer.lbGradP().get(0)).isBetween(0.0, 4.0 * tokens);
    }
    assertThat(told.get(20).moeLayers().get(1).top1Churn()).isBetween(0.0, 1.0);
    double first = told.getFirst().losses().languageModel();
    assertThat(last.losses().languageModel()).isLessThan(first);
  }

  private static List<Long> steps(long count) {
    return LongStream.range(0, count).boxed().toList();
  }

  @Test
  void shouldMeasureTheHeldOutLossAtItsTurnsAndTellIt() {
    TrainingLoop loop = rig.loop(RunPosition.start(0));
    loop.run(21, new StopRequest());
    double atTheEnd = loop.validate();
    rig.drain();

    assertThat(rig.validations).hasSize(3).endsWith(atTheEnd);
    assertThat(atTheEnd).isLessThan(rig.validations.getFirst());
    assertThat(broker.telemetry())
        .filteredOn(t -> t.scalars().containsKey("validation_loss"))
        .extracting(t -> t.key().step())
        .containsExactly(10L, 20L);
    assertThat(broker.telemetry().get(20).scalars())
        .containsEntry("validation_loss", rig.validations.get(1));
  }

  @Test
  void shouldMeasureExactlyAtItsTurnsAndSayWhichMethodWasUsed() {
    rig.course = new TrainingLoop.Course(1, 20, 0, 4, 0, 30_000);
    rig.train(6);
    rig.drain();

    assertThat(broker.telemetry())
        .extracting(t -> t.moeLayers().getFirst().gradientMethod())
        .containsExactly(
            GradientMethod.EXACT,
            GradientMethod.ONE_PASS,
            GradientMethod.ONE_PASS,
            GradientMethod.ONE_PASS,
            GradientMethod.EXACT,
            GradientMethod.ONE_PASS);
  }

  @Test
  void shouldRunWithTheNewValueFromTheStepThatTheAckNames() {
    double commanded = rig.config.alpha() * 4;
    broker.send(alpha(1, commanded));
    broker.send(alpha(2, 1e9));
    rig.train(3);
    rig.drain();

    assertThat(broker.acks())
        .extracting(ack -> ack.status())
        .containsExactly(AckStatus.APPLIED, AckStatus.REJECTED);
    long step = broker.acks().getFirst().step();
    StepTelemetry named = broker.telemetry().get((int) step);
    assertThat(named.moeLayers().getFirst().loadBalanceCoefficient()).isEqualTo(commanded / 2);
    assertThat(named.lastCommand()).isEqualTo(new CommandPosition(1, 1));
  }

  @Test
  void shouldTrainOnWhenTheBrokerIsAway() {
    broker.stop();

    assertThat(rig.train(20).step()).isEqualTo(20);
    broker.start();
  }

  @Test
  void shouldCarryNanAsDataAndTrainOn() {
    Tensor router = rig.team.leader().state().parameter("layers.0.router").value();
    double[] values = rig.team.leader().ops().memory().toArray(router);
    values[17] = Double.NaN;
    rig.team.leader().ops().memory().write(router, values);

    assertThat(rig.train(2).step()).isEqualTo(2);
    rig.drain();

    StepTelemetry second = broker.telemetry().get(1);
    assertThat(second.losses().languageModel()).isNaN();
    assertThat(second.gradientNorm()).isNaN();
    assertThat(second.tensors()).anySatisfy(t -> assertThat(t.nonFinite()).isPositive());
    assertThat(second.activations()).anySatisfy(a -> assertThat(a.nonFinite()).isPositive());
    assertThat(second.scalars()).containsEntry("update_skipped", 1.0);
  }

  @Test
  void shouldAllocateNoTensorWhenTheFirstStepHasBeenTrained() {
    rig.course = new TrainingLoop.Course(1, 3, 2, 3, 2, 30_000);
    TrainingLoop loop = rig.loop(RunPosition.start(0));
    loop.run(1, new StopRequest());
    long bytes = rig.team.leader().ops().memory().allocatedBytes();

    loop.run(8, new StopRequest());
    loop.validate();

    assertThat(bytes).isPositive();
    assertThat(rig.team.leader().ops().memory().allocatedBytes()).isEqualTo(bytes);
  }

  @Test
  void shouldStopAfterTheStepAndSaveWhenAsked() throws Exception {
    StopRequest stop = new StopRequest();
    stop.request();

    assertThat(rig.loop(RunPosition.start(0)).run(100, stop).step()).isZero();
    assertThat(rig.folder.orElseThrow().checkpoints()).isEmpty();

    StopRequest later = new StopRequest();
    rig.afterStep = later::request;
    assertThat(rig.loop(RunPosition.start(0)).run(100, later).step()).isEqualTo(1);
    assertThat(rig.folder.orElseThrow().checkpoints()).hasSize(1);
  }
}
