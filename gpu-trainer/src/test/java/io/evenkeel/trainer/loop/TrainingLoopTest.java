package io.evenkeel.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.memory.MemoryBroker;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.trainer.checkpoint.CheckpointException;
import io.evenkeel.trainer.checkpoint.RunFolder;
import io.evenkeel.trainer.checkpoint.TrainingState;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.CommandDesk;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.data.BatchSource;
import io.evenkeel.trainer.data.Corpus;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.optim.AdamW;
import io.evenkeel.trainer.telemetry.TelemetryBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainingLoopTest {
  private static final Corpus CORPUS = Corpus.bundled();

  @TempDir Path data;
  private final MemoryBroker broker = new MemoryBroker();

  /** A run's pieces, as the application puts them together. */
  private final class Rig {
    final TensorOps ops = CpuTensorOps.create(1);
    final TrainerConfig config = preset();
    final KnobBoard knobs = new KnobBoard(config, Map.of());
    final ModelState state = new ModelState(config.model(), ops.memory());
    final Stopwatch telemetry = new Stopwatch(System::nanoTime);
    final Transformer model =
        new Transformer(ops, state, config.sequences(), config.length(), telemetry);
    final AdamW optimizer = new AdamW(ops, state);
    final TelemetryPublisher publisher = broker.publisher();
    final RunFolder folder = folder();

    Rig() {
      config.initializer().fill(state, ops.memory(), new SplittableRandom(3));
    }

    long run(long from, long to, StopRequest stop) {
      BatchSource source =
          new BatchSource(CORPUS, Corpus.Part.TRAINING, config.sequences(), config.length(), 0);
      CommandDesk desk =
          new CommandDesk(
              "run", 0, knobs, Duration.ofSeconds(30), Clock.systemUTC(), publisher::publishAck);
      TrainingLoop.Parts parts =
          new TrainingLoop.Parts(
              ops,
              config,
              model,
              optimizer,
              source,
              new Transformer(ops, state, config.sequences(), config.length(), telemetry),
              source.batch(1_000_000),
              knobs,
              desk,
              new TelemetryBuilder("run", 0, model),
              Optional.of(publisher),
              Optional.of(broker.subscription("run")),
              Optional.of(folder),
              telemetry);
      TrainingLoop.Timing timing = new TrainingLoop.Timing(System::nanoTime, nanos -> {}, 0);
      return new TrainingLoop(parts, timing, Clock.systemUTC())
          .run(from, to, stop, (step, losses, millis, telemetryMillis) -> {});
    }

    double[] weights() {
      return state.parameters().stream()
          .flatMapToDouble(p -> Arrays.stream(ops.memory().toArray(p.value())))
          .toArray();
    }
  }

  private RunFolder folder() {
    try {
      return RunFolder.open(data, "run");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static TrainerConfig preset() {
    try {
      return ConfigReader.read("tiny");
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  private static Command alpha(long sequence, double value) {
    Instant now = Instant.now();
    return new Command(
        "run",
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
    Rig rig = new Rig();
    rig.run(0, 25, new StopRequest());
    rig.publisher.close(Duration.ofSeconds(10));

    List<StepTelemetry> told = broker.telemetry();
    assertThat(told).extracting(t -> t.key().step()).containsExactlyElementsOf(steps(25));
    StepTelemetry last = told.getLast();
    int tokens = rig.config.tokens();
    assertThat(last.tokens()).isEqualTo(tokens);
    assertThat(last.telemetryTimeMillis()).isPositive().isLessThan(last.stepTimeMillis());
    assertThat(last.tensors()).hasSize(rig.state.parameters().size());
    assertThat(last.activations()).hasSize(6);
    for (MoeLayerTelemetry layer : last.moeLayers()) {
      assertThat(Arrays.stream(layer.load().toArray()).sum()).isEqualTo(2L * tokens);
      assertThat(Arrays.stream(layer.probabilitySums().toArray()).sum())
          .isCloseTo(tokens, Assertions.within(1e-3));
      assertThat(layer.loadBalanceCoefficient()).isEqualTo(rig.config.alpha() / 2);
      // Token-summed: f_j is about 1 a token.
      assertThat(layer.lbGradP().get(0)).isBetween(0.0, 4.0 * tokens);
    }
    assertThat(told.get(20).moeLayers().get(1).top1Churn()).isBetween(0.0, 1.0);
    assertThat(told.get(20).scalars()).containsKey("validation_loss");
    double first = told.getFirst().losses().languageModel();
    assertThat(last.losses().languageModel()).isLessThan(first);
  }

  private static List<Long> steps(long count) {
    return java.util.stream.LongStream.range(0, count).boxed().toList();
  }

  @Test
  void shouldRunWithTheNewValueFromTheStepThatTheAckNames() {
    Rig rig = new Rig();
    double commanded = rig.config.alpha() * 4;
    broker.send(alpha(1, commanded));
    broker.send(alpha(2, 1e9));
    rig.run(0, 3, new StopRequest());
    rig.publisher.close(Duration.ofSeconds(10));

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
    Rig rig = new Rig();

    assertThat(rig.run(0, 20, new StopRequest())).isEqualTo(20);
    rig.publisher.close(Duration.ofMillis(200));
  }

  @Test
  void shouldCarryNanAsDataAndTrainOn() {
    Rig rig = new Rig();
    double[] head = rig.ops.memory().toArray(rig.state.parameter("head").value());
    head[17] = Double.NaN;
    rig.ops.memory().write(rig.state.parameter("head").value(), head);

    assertThat(rig.run(0, 2, new StopRequest())).isEqualTo(2);
    rig.publisher.close(Duration.ofSeconds(10));

    StepTelemetry second = broker.telemetry().get(1);
    assertThat(second.losses().languageModel()).isNaN();
    assertThat(second.gradientNorm()).isNaN();
    assertThat(second.tensors()).anySatisfy(t -> assertThat(t.nonFinite()).isPositive());
    assertThat(second.activations()).anySatisfy(a -> assertThat(a.nonFinite()).isPositive());
  }

  @Test
  void shouldEqualAnUnbrokenRunToTheLastBitWhenResumed() throws IOException {
    Rig unbroken = new Rig();
    unbroken.run(0, 30, new StopRequest());

    data = data.resolve("broken");
    Rig first = new Rig();
    first.run(0, 13, new StopRequest());
    Rig second = new Rig();
    Path newest = second.folder.checkpoints().getFirst();
    TrainingState.Position position =
        new TrainingState(second.ops, second.state, second.optimizer).load(newest);
    second.knobs.restore(position.knobs());
    second.run(position.nextStep(), 30, new StopRequest());

    assertThat(second.weights()).isEqualTo(unbroken.weights());
  }

  @Test
  void shouldRefuseADamagedCheckpoint() throws IOException {
    Rig rig = new Rig();
    rig.run(0, 2, new StopRequest());
    Path file = rig.folder.checkpoints().getFirst();
    byte[] whole = Files.readAllBytes(file);
    TrainingState state = new TrainingState(rig.ops, rig.state, rig.optimizer);

    for (int length : new int[] {0, 5, 100, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      Assertions.assertThatThrownBy(() -> state.load(file)).isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void shouldStopAfterTheStepAndSaveWhenAsked() throws IOException {
    Rig rig = new Rig();
    StopRequest stop = new StopRequest();
    stop.request();

    assertThat(rig.run(5, 100, stop)).isEqualTo(5);
    assertThat(rig.folder.checkpoints()).isEmpty();
  }
}
