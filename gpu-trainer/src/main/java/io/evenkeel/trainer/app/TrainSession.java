package io.evenkeel.trainer.app;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.trainer.checkpoint.Fingerprint;
import io.evenkeel.trainer.checkpoint.RunFolder;
import io.evenkeel.trainer.config.PlanReport;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.data.Batches;
import io.evenkeel.trainer.data.Corpus;
import io.evenkeel.trainer.data.DataSource;
import io.evenkeel.trainer.data.Drawing;
import io.evenkeel.trainer.fault.FaultyBatches;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.loop.CheckpointKeeper;
import io.evenkeel.trainer.loop.CheckpointMismatchException;
import io.evenkeel.trainer.loop.RankTeam;
import io.evenkeel.trainer.loop.RunPosition;
import io.evenkeel.trainer.loop.StopRequest;
import io.evenkeel.trainer.loop.TrainingLoop;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.Transformer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process's part of a run: puts the pieces together, trains, and tells how it ended. */
final class TrainSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainSession.class);
  private static final int VALIDATION_BATCHES = 4;
  private static final double MEBI = 1L << 20;

  /** Exit status: trained, or stopped cleanly, but the report could not be written. */
  static final int UNREPORTED = 4;

  private static final Duration LAST_WORDS = Duration.ofSeconds(10);
  private static final Duration LAST_WORDS_WHEN_STOPPED = Duration.ofSeconds(3);

  private final TrainOptions options;
  private final TrainerConfig config;
  private final Arrangement arrangement;
  private final DataSource source;
  private final PrintWriter out;
  private final Clock clock = Clock.systemUTC();
  private final RunChoice choice;
  private final KnobBoard knobs;
  private final RankTeam team;
  private final Optional<CheckpointKeeper> keeper;
  private final RunPosition begin;
  private final RunDeclaration declaration;
  private final Optional<TelemetryPublisher> publisher;
  private final Optional<CommandSubscription> commands;
  private final Optional<AlertSubscription> alerts;
  private @Nullable PublisherStatistics finalStatistics;

  /** Opens a session; nothing is trained yet. */
  static TrainSession open(
      TrainOptions options, TrainerConfig config, PrintWriter out, Uplink uplink)
      throws IOException, UnusableException {
    Optional<Growth> growth = Growth.of(options);
    ModelConfig sizes = growth.isEmpty() ? config.model() : growth.get().grown(config.model());
    config.faults().requireFits(sizes);
    TrainerConfig grown = config.withModel(config.faults().model(sizes));
    Arrangement arrangement = options.arrangement(config);
    config.faults().requireRanks(arrangement.ranks());
    RunChoice choice = RunChoice.of(options, config.name(), Clock.systemUTC().instant());
    KnobBoard knobs = new KnobBoard(grown, options.initialKnobs());
    DataSource source = data(grown);
    RankTeam team = ReplicaFactory.open(options, grown, arrangement);
    try {
      return new TrainSession(
          options, grown, arrangement, source, out, choice, knobs, team, growth, uplink);
    } catch (IOException | RuntimeException | Error | UnusableException e) {
      team.close();
      throw e;
    }
  }

  private TrainSession(
      TrainOptions options,
      TrainerConfig config,
      Arrangement arrangement,
      DataSource source,
      PrintWriter out,
      RunChoice choice,
      KnobBoard knobs,
      RankTeam team,
      Optional<Growth> growth,
      Uplink uplink)
      throws IOException, UnusableException {
    this.options = options;
    this.config = config;
    this.arrangement = arrangement;
    this.source = source;
    this.out = out;
    this.choice = choice;
    this.knobs = knobs;
    this.team = team;
    keeper = choice.folder().map(folder -> new CheckpointKeeper(folder, identity(), team, knobs));
    begin = begin(growth);
    note(begin, RunFolder.Standing.RUNNING);
    Map<String, String> labels = new HashMap<>();
    labels.put("backend", team.leader().ops().name());
    growth.ifPresent(g -> labels.putAll(g.labels()));
    declaration =
        new RunDeclaration(
            choice.run(), config, arrangement, knobs, TrainingLoop.actions(keeper), labels, clock);
    publisher = uplink.publisher();
    commands = uplink.commands(choice.run());
    alerts = uplink.alerts(choice.run());
  }

  private CheckpointKeeper.Identity identity() {
    Map<String, String> course = Fingerprint.of(config, TrainerConfig.NOT_IN_THE_WEIGHTS);
    course.put("ranks", Integer.toString(arrangement.ranks()));
    course.put("accumulation", Integer.toString(arrangement.accumulation()));
    return new CheckpointKeeper.Identity(
        choice.run(),
        config.training().seed(),
        Fingerprint.of(config.model(), java.util.Set.of()),
        course);
  }

  /** Where this process goes on, with all replicas as they were there. */
  private RunPosition begin(Optional<Growth> growth) throws IOException, UnusableException {
    if (keeper.isPresent() && options.resume == TrainOptions.Resume.AUTO) {
      try {
        Optional<RunPosition> resumed = keeper.get().resume(choice.incarnation());
        if (resumed.isPresent()) {
          LOG.info(
              "Resumes {} as incarnation {} at step {}",
              choice.run(),
              choice.incarnation(),
              resumed.get().step());
          return resumed.get();
        }
      } catch (CheckpointMismatchException e) {
        throw new UnusableException(ErrorId.TRAINER_CHECKPOINT_MODEL, e.getMessage() + ".");
      }
    }
    return growth.isPresent()
        ? growth.get().begin(team, choice.incarnation())
        : RunPosition.start(choice.incarnation());
  }

  /**
   * Trains to the end, or until asked to stop.
   *
   * @return exit status
   */
  int train(StopRequest stop) {
    Progress progress =
        new Progress(
            out,
            config,
            arrangement,
            knobs,
            () -> alerts.map(AlertSubscription::poll).orElse(List.of()),
            this::declare);
    announce();
    declare(RunStatus.RUNNING, begin);
    long begun = System.nanoTime();
    RunPosition reached;
    double validationLoss;
    long observations;
    try {
      TrainingLoop loop = loop(progress);
      // Meanwhile the declaration opens the way to the broker.
      loop.rehearse();
      begun = System.nanoTime();
      reached = loop.run(config.training().steps(), stop);
      observations = loop.observations();
      validationLoss = stop.requested() ? progress.validationLoss() : loop.validate();
    } catch (RuntimeException | Error e) {
      publisher.ifPresent(
          p -> p.publishRun(declaration.at(RunStatus.FAILED, progress.position(begin))));
      throw e;
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    note(reached, RunFolder.Standing.ENDED);
    declare(RunStatus.FINISHED, reached);
    finish(stop.requested() ? LAST_WORDS_WHEN_STOPPED : LAST_WORDS);
    TrainReport report = report(progress, reached, seconds, validationLoss, observations);
    summarise(stop, progress, report);
    return options.report().isEmpty() ? 0 : write(report, options.report().get());
  }

  private static int write(TrainReport report, Path file) {
    try {
      report.write(file);
      return 0;
    } catch (IOException e) {
      LOG.error("{}", ErrorId.TRAINER_REPORT.line(file + ": " + e + "."));
      return UNREPORTED;
    }
  }

  /** A full disk keeps no run from training, nor from ending. */
  private void note(RunPosition position, RunFolder.Standing standing) {
    try {
      choice.record(position, standing);
    } catch (IOException e) {
      LOG.error(
          "{}",
          ErrorId.TRAINER_CHECKPOINT.line(
              "It cannot be noted that incarnation "
                  + position.incarnation()
                  + (standing == RunFolder.Standing.RUNNING ? " runs: " : " has ended: ")
                  + e
                  + "."));
    }
  }

  private void declare(RunStatus status, RunPosition position) {
    publisher.ifPresent(p -> p.publishRun(declaration.at(status, position)));
  }

  private static DataSource data(TrainerConfig config) throws UnusableException {
    try {
      return config.data().open(config.model().vocabulary());
    } catch (IOException e) {
      throw new UnusableException(ErrorId.TRAINER_CONFIG, "The data cannot be read: " + e + ".");
    }
  }

  private TrainingLoop loop(Progress progress) {
    long seed = config.training().seed();
    int vocabulary = config.model().vocabulary();
    Drawing drawing = new Drawing(Corpus.Part.TRAINING, config.sequences(), config.length(), seed);
    Batches training =
        new FaultyBatches(config.faults(), source, drawing, vocabulary, arrangement.microBatches());
    int sequences = Math.min(PlanReport.HELD_OUT_SEQUENCES, config.sequences());
    Batches heldOut =
        source.batches(new Drawing(Corpus.Part.HELD_OUT, sequences, config.length(), seed));
    List<Batch> validation = new ArrayList<>();
    for (int index = 0; index < VALIDATION_BATCHES; index++) {
      validation.add(heldOut.batch(index));
    }
    TrainingLoop.Parts parts =
        new TrainingLoop.Parts(
            choice.run(),
            options.course(config),
            team,
            training::batch,
            new Transformer(
                team.leader().ops(),
                team.leader().state(),
                sequences,
                config.length(),
                new Stopwatch(System::nanoTime)),
            validation,
            knobs,
            config.faults(),
            publisher,
            commands,
            keeper,
            progress);
    TrainingLoop.Timing timing =
        new TrainingLoop.Timing(
            clock,
            System::nanoTime,
            LockSupport::parkNanos,
            Duration.ofMillis(options.leastStepMillis).toNanos());
    return new TrainingLoop(parts, begin, timing);
  }

  /** Probes are made for listeners alone. */
  private long predictedBytes() {
    TrainerConfig made = publisher.isPresent() ? config : config.withoutProbes();
    return Forecast.bytes(made, arrangement, team.leader().ops());
  }

  private void announce() {
    out.printf(
        "Run %s, incarnation %d, from step %d to %d: %,d parameters, %d tokens a step%s, backend"
            + " %s, %.1f MiB of tensors a rank, seed %d%s%n",
        choice.run(),
        begin.incarnation(),
        begin.step(),
        config.training().steps(),
        config.model().parameterCount(),
        config.tokens() * arrangement.microBatches(),
        arrangement.microBatches() == 1
            ? ""
            : " (%d ranks x %d micro-batches)"
                .formatted(arrangement.ranks(), arrangement.accumulation()),
        team.leader().ops().name(),
        predictedBytes() / MEBI,
        config.training().seed(),
        publisher.isPresent() ? "" : "; no broker: trains alone");
    out.flush();
  }

  private void summarise(StopRequest stop, Progress progress, TrainReport report) {
    out.printf(
        "%s %s: %d steps in %.1f s, loss %.4f -> %.4f, validation %.4f, telemetry %.2f %% of the"
            + " step, sent %d, dropped %d%n",
        stop.requested() ? "Stopped" : "Finished",
        choice.run(),
        progress.steps(),
        report.seconds(),
        report.lossFirst(),
        report.lossLast(),
        report.validationLoss(),
        100 * report.telemetryShareOfStep(),
        report.telemetrySent(),
        report.telemetryDropped());
    out.flush();
  }

  private TrainReport report(
      Progress progress,
      RunPosition reached,
      double seconds,
      double validationLoss,
      long observations) {
    PublisherStatistics statistics = finalStatistics;
    long dropped = statistics == null ? 0 : statistics.droppedTelemetry();
    long sent = statistics == null ? 0 : observations - dropped;
    return new TrainReport(
        choice.run(),
        reached.incarnation(),
        team.leader().ops().name(),
        arrangement.ranks(),
        reached.step(),
        progress.steps(),
        reached.step() * config.tokens() * arrangement.microBatches(),
        seconds,
        progress.firstLoss(),
        progress.lastLoss(),
        validationLoss,
        predictedBytes(),
        team.leader().ops().memory().allocatedBytes(),
        progress.medianStepMillis(),
        progress.telemetryShare(),
        new TrainReport.Telemetry(sent, dropped),
        sent,
        dropped);
  }

  private void finish(Duration limit) {
    commands.ifPresent(CommandSubscription::close);
    alerts.ifPresent(AlertSubscription::close);
    publisher.ifPresent(p -> finalStatistics = p.close(limit));
  }

  @Override
  public void close() {
    finish(LAST_WORDS_WHEN_STOPPED);
    team.close();
  }
}
