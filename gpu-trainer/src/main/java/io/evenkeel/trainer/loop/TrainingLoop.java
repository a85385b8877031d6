package io.evenkeel.trainer.loop;

import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.trainer.checkpoint.RunFolder;
import io.evenkeel.trainer.checkpoint.TrainingState;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.CommandDesk;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.data.BatchSource;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.model.GradientMethod;
import io.evenkeel.trainer.model.LossTerms;
import io.evenkeel.trainer.model.Objective;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.optim.AdamW;
import io.evenkeel.trainer.optim.GradientClip;
import io.evenkeel.trainer.optim.OptimizerSettings;
import io.evenkeel.trainer.optim.TensorCheck;
import io.evenkeel.trainer.telemetry.ProbeResult;
import io.evenkeel.trainer.telemetry.StepFigures;
import io.evenkeel.trainer.telemetry.TelemetryBuilder;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains from one step to another. */
public final class TrainingLoop {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int REHEARSALS = 60;

  private final TensorOps ops;
  private final TrainerConfig config;
  private final Transformer model;
  private final AdamW optimizer;
  private final BatchSource data;
  private final KnobBoard knobs;
  private final CommandDesk desk;
  private final TelemetryBuilder builder;
  private final Optional<TelemetryPublisher> publisher;
  private final Optional<CommandSubscription> commands;
  private final Optional<RunFolder> folder;
  private final Optional<RouterProbe> probe;
  private final Stopwatch telemetry;
  private final Timing timing;
  private final Clock clock;
  private long handOverNanos;

  /**
   * How a loop keeps time.
   *
   * @param nanoClock monotonic nanoseconds
   * @param pause waits so many nanoseconds
   * @param leastStepNanos a shorter step is followed by a pause
   */
  public record Timing(
      java.util.function.LongSupplier nanoClock,
      java.util.function.LongConsumer pause,
      long leastStepNanos) {}

  /**
   * What a loop trains and whom it tells.
   *
   * @param ops backend
   * @param config of the run
   * @param model with its activations
   * @param optimizer with its moments
   * @param data batches
   * @param probed the same weights with activations of their own, of the probe batch's shape
   * @param probeBatch held-out batch for probes
   * @param knobs in force
   * @param desk takes commands
   * @param builder of telemetry
   * @param publisher where telemetry goes; empty: nowhere, and none is measured
   * @param commands where commands come from
   * @param folder where checkpoints go
   * @param telemetry the watch that the model too adds to
   */
  public record Parts(
      TensorOps ops,
      TrainerConfig config,
      Transformer model,
      AdamW optimizer,
      BatchSource data,
      Transformer probed,
      Batch probeBatch,
      KnobBoard knobs,
      CommandDesk desk,
      TelemetryBuilder builder,
      Optional<TelemetryPublisher> publisher,
      Optional<CommandSubscription> commands,
      Optional<RunFolder> folder,
      Stopwatch telemetry) {}

  /** Makes a loop of its parts. */
  public TrainingLoop(Parts parts, Timing timing, Clock clock) {
    this.ops = parts.ops();
    this.config = parts.config();
    this.model = parts.model();
    this.optimizer = parts.optimizer();
    this.data = parts.data();
    this.knobs = parts.knobs();
    this.desk = parts.desk();
    this.builder = parts.builder();
    this.publisher = parts.publisher();
    this.commands = parts.commands();
    this.folder = parts.folder();
    this.telemetry = parts.telemetry();
    this.timing = timing;
    this.clock = clock;
    this.probe =
        config.training().probeEvery() > 0 && publisher.isPresent()
            ? Optional.of(new RouterProbe(ops, parts.probed(), parts.probeBatch()))
            : Optional.empty();
  }

  /**
   * Trains until a step, or until asked to stop.
   *
   * @return the first step not trained
   */
  public long run(long from, long to, StopRequest stop, LoopListener listener) {
    long step = from;
    long savedAt = -1;
    while (step < to && !stop.requested()) {
      long start = timing.nanoClock().getAsLong();
      step(step, start, listener);
      step++;
      if (step % config.training().checkpointEvery() == 0
          || desk.takeRequest(CommandDesk.SAVE_CHECKPOINT)) {
        save(step);
        savedAt = step;
      }
      long spent = timing.nanoClock().getAsLong() - start;
      if (spent < timing.leastStepNanos()) {
        timing.pause().accept(timing.leastStepNanos() - spent);
      }
    }
    if (step > from && savedAt != step) {
      save(step);
    }
    return step;
  }

  /**
   * Measures and describes a step that is never trained, over and over, so that the first steps do
   * not pay for code that is still cold. Weights, moments and biases stay as they are.
   *
   * @param step whose batch to look at
   */
  public void rehearse(long step) {
    if (publisher.isEmpty()) {
      return;
    }
    Batch batch = data.batch(step);
    model.forward(batch.inputs(), batch.targets());
    Objective objective = knobs.objective();
    for (int i = 0; i < REHEARSALS; i++) {
      model.recordStatistics();
      model.refreshStatistics();
      StepFigures figures =
          new StepFigures(
              step,
              model.losses(objective),
              objective,
              GradientMethod.ONE_PASS,
              new GradientClip(1, 1),
              List.of(),
              knobs.values(),
              desk.lastApplied(),
              Map.of(),
              List.of());
      builder.finish(builder.draft(figures), Instant.EPOCH, 0, 0);
    }
  }

  private void step(long step, long start, LoopListener listener) {
    telemetry.reset();
    telemetry.start();
    commands.ifPresent(subscription -> desk.handle(subscription.poll(), step));
    List<ProbeResult> probed = probe(step);
    telemetry.stop();

    Objective objective = knobs.objective();
    OptimizerSettings settings = knobs.optimizer(step);
    GradientMethod method = method(step);
    Batch batch = data.batch(step);
    model.forward(batch.inputs(), batch.targets());
    if (publisher.isPresent()) {
      model.recordStatistics();
      if (!probed.isEmpty()) {
        model.recordAlignment();
      }
    }
    model.backward(objective, method);
    optimizer.measure();
    optimizer.step(settings);
    model.updateSelectionBiases(knobs.value(Knobs.EXPERT_BIAS_MU));
    // The loss is on the terminal with or without Evenkeel: reading it is the trainer's own.
    model.refreshStatistics();
    LossTerms losses = model.losses(objective);
    if (publisher.isPresent()) {
      telemetry.start();
      GradientClip clip = optimizer.clip(settings);
      List<TensorCheck> checks = optimizer.check(settings);
      StepFigures figures =
          new StepFigures(
              step,
              losses,
              objective,
              method,
              clip,
              checks,
              TelemetryBuilder.withReported(
                  knobs.values(), settings.learningRate(), settings.beta2()),
              desk.lastApplied(),
              probed.isEmpty() ? Map.of() : validation(),
              probed);
      TelemetryBuilder.Draft draft = builder.draft(figures);
      telemetry.stop();
      publish(publisher.get(), draft, start);
    }
    knobs.endStep();
    listener.stepped(
        step,
        losses,
        (timing.nanoClock().getAsLong() - start) / NANOS_PER_MILLI,
        (telemetry.nanos() + handOverNanos) / NANOS_PER_MILLI);
  }

  /**
   * Hands a step's telemetry over. What the hand-over itself takes is known only afterwards: the
   * record carries that of the step before.
   */
  private void publish(TelemetryPublisher to, TelemetryBuilder.Draft draft, long start) {
    long now = timing.nanoClock().getAsLong();
    to.publish(
        builder.finish(
            draft,
            clock.instant(),
            (now - start) / NANOS_PER_MILLI,
            (telemetry.nanos() + handOverNanos) / NANOS_PER_MILLI));
    handOverNanos = timing.nanoClock().getAsLong() - now;
  }

  private GradientMethod method(long step) {
    int every = config.training().exactEvery();
    return publisher.isPresent() && every > 0 && step % every == 0
        ? GradientMethod.EXACT
        : GradientMethod.ONE_PASS;
  }

  private List<ProbeResult> probe(long step) {
    return probe.isPresent() && step > 0 && step % config.training().probeEvery() == 0
        ? probe.get().look()
        : List.of();
  }

  private Map<String, Double> validation() {
    return probe.map(p -> Map.of("validation_loss", p.validationLoss())).orElse(Map.of());
  }

  private void save(long nextStep) {
    if (folder.isEmpty()) {
      return;
    }
    try {
      folder
          .get()
          .save(
              builder.incarnation(),
              new TrainingState(ops, model.state(), optimizer),
              new TrainingState.Position(nextStep, knobs.snapshot()));
    } catch (IOException e) {
      // A full disk must not end the run: the next checkpoint may find room.
      LOG.error("{}", ErrorId.TRAINER_CHECKPOINT.line("Checkpoint at step " + nextStep + ": " + e));
    }
  }
}
