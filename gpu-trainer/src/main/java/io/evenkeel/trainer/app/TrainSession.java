package io.evenkeel.trainer.app;

import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.kafka.KafkaClient;
import io.evenkeel.client.kafka.KafkaOptions;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.trainer.checkpoint.CheckpointException;
import io.evenkeel.trainer.checkpoint.RunFolder;
import io.evenkeel.trainer.checkpoint.TrainingState;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.CommandDesk;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.data.BatchSource;
import io.evenkeel.trainer.data.Corpus;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.loop.StopRequest;
import io.evenkeel.trainer.loop.TrainingLoop;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.optim.AdamW;
import io.evenkeel.trainer.telemetry.TelemetryBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process's part of a run: puts the pieces together, trains, and tells how it ended. */
final class TrainSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainSession.class);
  private static final DateTimeFormatter RUN_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final int PROBE_SEQUENCES = 8;
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);
  private static final Duration LAST_WORDS_WHEN_STOPPED = Duration.ofSeconds(3);

  private final TrainerConfig config;
  private final PrintWriter out;
  private final TrainOptions options;
  private final Clock clock = Clock.systemUTC();
  private final TensorOps ops;
  private final String run;
  private final int incarnation;
  private final Optional<RunFolder> folder;
  private final KnobBoard knobs;
  private final Transformer model;
  private final AdamW optimizer;
  private final Stopwatch telemetry = new Stopwatch(System::nanoTime);
  private final long firstStep;
  private final Optional<TelemetryPublisher> publisher;
  private final Optional<CommandSubscription> commands;
  private final Instant started = clock.instant();
  private @Nullable PublisherStatistics finalStatistics;

  private TrainSession(TrainOptions options, TrainerConfig config, PrintWriter out)
      throws IOException, UnusableException {
    this.options = options;
    this.config = config;
    this.out = out;
    knobs = new KnobBoard(config, options.initialKnobs());
    ops = options.backend.create(options.threads);
    run = chooseRun();
    folder = openFolder();
    incarnation = nextIncarnation();
    ModelState state = new ModelState(config.model(), ops.memory());
    config.initializer().fill(state, ops.memory(), new SplittableRandom(config.training().seed()));
    model = new Transformer(ops, state, config.sequences(), config.length(), telemetry);
    optimizer = new AdamW(ops, state);
    firstStep = restore(state);
    if (folder.isPresent()) {
      folder.get().record(new RunFolder.Entry(incarnation, RunFolder.Standing.RUNNING));
    }
    Optional<KafkaOptions> kafka = options.bootstrap().map(KafkaOptions::of);
    publisher = kafka.map(KafkaClient::publisher);
    commands = kafka.map(k -> KafkaClient.subscription(k, run));
  }

  /** Opens a session; nothing is trained yet. */
  static TrainSession open(TrainOptions options, TrainerConfig config, PrintWriter out)
      throws IOException, UnusableException {
    return new TrainSession(options, config, out);
  }

  private String chooseRun() throws IOException {
    Optional<String> chosen = options.run();
    if (chosen.isEmpty()
        && options.data().isPresent()
        && options.resume == TrainOptions.Resume.AUTO) {
      chosen = RunFolder.interrupted(options.data().get());
    }
    return chosen.orElseGet(() -> config.name() + "-" + RUN_TIME.format(clock.instant()));
  }

  private Optional<RunFolder> openFolder() throws IOException {
    Optional<Path> data = options.data();
    return data.isPresent() ? Optional.of(RunFolder.open(data.get(), run)) : Optional.empty();
  }

  private int nextIncarnation() throws IOException {
    if (folder.isEmpty()) {
      return 0;
    }
    return folder.get().entry().map(entry -> entry.incarnation() + 1).orElse(0);
  }

  /** Restores the newest checkpoint that can be read; the step to go on from. */
  private long restore(ModelState state) throws IOException {
    if (folder.isEmpty() || options.resume == TrainOptions.Resume.NEVER) {
      return 0;
    }
    List<Path> checkpoints = folder.get().checkpoints();
    for (Path file : checkpoints) {
      try {
        TrainingState.Position position = new TrainingState(ops, state, optimizer).load(file);
        knobs.restore(position.knobs());
        LOG.info("Resumes {} as incarnation {} at step {}", run, incarnation, position.nextStep());
        return position.nextStep();
      } catch (CheckpointException e) {
        LOG.warn("{}", ErrorId.TRAINER_CHECKPOINT.line(e.getMessage() + "."));
      }
    }
    if (!checkpoints.isEmpty()) {
      throw new CheckpointUnusable(run);
    }
    return 0;
  }

  /**
   * No checkpoint of a run fits: to start over in silence would overwrite what may be worth saving.
   */
  private static final class CheckpointUnusable extends IOException {
    private static final long serialVersionUID = 1L;

    CheckpointUnusable(String run) {
      super("no checkpoint of " + run + " can be used; --resume never starts it over");
    }
  }

  /**
   * Trains to the end, or until asked to stop.
   *
   * @return exit status
   */
  int train(StopRequest stop) throws IOException {
    Progress progress = new Progress(out, config, knobs, model);
    announce();
    publisher.ifPresent(p -> p.publishRun(spec(RunStatus.RUNNING)));
    long reached;
    long begun = System.nanoTime();
    try {
      TrainingLoop loop = loop();
      // Meanwhile the declaration opens the way to the broker.
      loop.rehearse(firstStep);
      begun = System.nanoTime();
      reached = loop.run(firstStep, config.training().steps(), stop, progress);
    } catch (RuntimeException | Error e) {
      publisher.ifPresent(p -> p.publishRun(spec(RunStatus.FAILED)));
      throw e;
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    if (folder.isPresent()) {
      folder.get().record(new RunFolder.Entry(incarnation, RunFolder.Standing.ENDED));
    }
    publisher.ifPresent(p -> p.publishRun(spec(RunStatus.FINISHED)));
    finish(stop.requested() ? LAST_WORDS_WHEN_STOPPED : LAST_WORDS);
    TrainReport report = report(progress, reached, seconds);
    out.printf(
        "%s %s: %d steps in %.1f s, loss %.4f -> %.4f, telemetry %.2f %% of the step, sent %d, dropped %d%n",
        stop.requested() ? "Stopped" : "Finished",
        run,
        progress.steps(),
        seconds,
        report.lossFirst(),
        report.lossLast(),
        100 * report.telemetryShareOfStep(),
        report.telemetrySent(),
        report.telemetryDropped());
    out.flush();
    if (options.report().isPresent()) {
      report.write(options.report().get());
    }
    return 0;
  }

  private TrainingLoop loop() {
    Corpus corpus = Corpus.bundled();
    long seed = config.training().seed();
    BatchSource training =
        new BatchSource(corpus, Corpus.Part.TRAINING, config.sequences(), config.length(), seed);
    int probed = Math.min(PROBE_SEQUENCES, config.sequences());
    BatchSource heldOut =
        new BatchSource(corpus, Corpus.Part.HELD_OUT, probed, config.length(), seed);
    CommandDesk desk =
        new CommandDesk(
            run,
            incarnation,
            knobs,
            Duration.ofMillis(config.training().leaseMillis()),
            clock,
            ack -> publisher.ifPresent(p -> p.publishAck(ack)));
    TrainingLoop.Parts parts =
        new TrainingLoop.Parts(
            ops,
            config,
            model,
            optimizer,
            training,
            new Transformer(
                ops, model.state(), probed, config.length(), new Stopwatch(System::nanoTime)),
            heldOut.batch(0),
            knobs,
            desk,
            new TelemetryBuilder(run, incarnation, model),
            publisher,
            commands,
            folder,
            telemetry);
    TrainingLoop.Timing timing =
        new TrainingLoop.Timing(
            System::nanoTime,
            LockSupport::parkNanos,
            Duration.ofMillis(options.leastStepMillis).toNanos());
    return new TrainingLoop(parts, timing, clock);
  }

  private void announce() {
    out.printf(
        "Run %s, incarnation %d, from step %d to %d: %,d parameters, %d tokens a step, backend %s, seed %d%s%n",
        run,
        incarnation,
        firstStep,
        config.training().steps(),
        config.model().parameterCount(),
        config.tokens(),
        ops.name(),
        config.training().seed(),
        publisher.isPresent() ? "" : "; no broker: trains alone");
    out.flush();
  }

  private RunSpec spec(RunStatus status) {
    return new RunSpec(
        run,
        incarnation,
        config.name(),
        status,
        started,
        status == RunStatus.RUNNING ? null : clock.instant(),
        1,
        firstStep,
        config.training().steps(),
        RunDescription.model(config),
        RunDescription.optimizer(config),
        TelemetryBuilder.shape(config.model()),
        knobs.declarations(),
        List.of(CommandDesk.SAVE_CHECKPOINT),
        config.training().leaseMillis(),
        Map.of("backend", ops.name()));
  }

  private TrainReport report(Progress progress, long reached, double seconds) {
    PublisherStatistics statistics = finalStatistics;
    long dropped = statistics == null ? 0 : statistics.droppedTelemetry();
    long sent = statistics == null ? 0 : progress.steps() - dropped;
    return new TrainReport(
        run,
        incarnation,
        ops.name(),
        reached,
        progress.steps(),
        reached * config.tokens(),
        seconds,
        progress.firstLoss(),
        progress.lastLoss(),
        progress.medianStepMillis(),
        progress.telemetryShare(),
        new TrainReport.Telemetry(sent, dropped),
        sent,
        dropped);
  }

  private void finish(Duration limit) {
    commands.ifPresent(CommandSubscription::close);
    publisher.ifPresent(p -> finalStatistics = p.close(limit));
  }

  @Override
  public void close() {
    finish(LAST_WORDS_WHEN_STOPPED);
    ops.close();
  }
}
