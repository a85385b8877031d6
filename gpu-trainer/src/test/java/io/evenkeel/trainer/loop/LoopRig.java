package io.evenkeel.trainer.loop;

import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.memory.MemoryBroker;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.trainer.checkpoint.Fingerprint;
import io.evenkeel.trainer.checkpoint.RunFolder;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.data.BatchSource;
import io.evenkeel.trainer.data.Corpus;
import io.evenkeel.trainer.data.Drawing;
import io.evenkeel.trainer.fault.FaultPlan;
import io.evenkeel.trainer.fault.FaultyBatches;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.optim.AdamW;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** A run's pieces on the tiny preset, as the application puts them together. */
final class LoopRig implements LoopListener, AutoCloseable {
  static final String RUN = "run";

  private static final Corpus CORPUS = Corpus.bundled();

  final TrainerConfig config = preset();
  final KnobBoard knobs = new KnobBoard(config, Map.of());
  final FaultPlan faults;
  final List<String> begun = new ArrayList<>();
  final MemoryBroker broker;
  private final ThreadLocal<Long> waited = ThreadLocal.withInitial(() -> 0L);
  final TelemetryPublisher publisher;
  final RankTeam team;
  final List<Double> losses = new ArrayList<>();
  final List<Double> ratios = new ArrayList<>();
  final List<Double> validations = new ArrayList<>();
  final List<RunStatus> statuses = new ArrayList<>();
  final Optional<RunFolder> folder;
  LongConsumer pause = nanos -> {};
  long observations;
  Runnable afterStep = () -> {};
  LongFunction<Batch> data;
  TrainingLoop.Course course;

  LoopRig(MemoryBroker broker, Path data, int ranks, int accumulation) {
    this(broker, Optional.of(data), ranks, accumulation, () -> CpuTensorOps.create(1));
  }

  LoopRig(
      MemoryBroker broker,
      Optional<Path> data,
      int ranks,
      int accumulation,
      Supplier<TensorOps> backend) {
    this(broker, data, ranks, accumulation, backend, FaultPlan.none());
  }

  LoopRig(
      MemoryBroker broker,
      Optional<Path> data,
      int ranks,
      int accumulation,
      Supplier<TensorOps> backend,
      FaultPlan faults) {
    this.faults = faults;
    this.broker = broker;
    this.publisher = broker.publisher();
    this.folder = data.map(LoopRig::open);
    this.data =
        new FaultyBatches(
                faults,
                CORPUS,
                new Drawing(Corpus.Part.TRAINING, config.sequences(), config.length(), 0),
                256,
                ranks * accumulation)
            ::batch;
    this.course = new TrainingLoop.Course(accumulation, 20, 10, 0, 10, 30_000);
    this.team =
        RankTeam.open(ranks, rank -> replica(rank, backend.get(), accumulation), this::nanos);
  }

  private Replica replica(int rank, TensorOps ops, int accumulation) {
    ModelState state = new ModelState(config.model(), ops.memory());
    if (rank == 0) {
      config.initializer().fill(state, ops.memory(), new SplittableRandom(3));
    }
    Stopwatch telemetry = new Stopwatch(System::nanoTime);
    Transformer model =
        new Transformer(ops, state, config.sequences(), config.length(), accumulation, telemetry);
    return new Replica(rank, ops, model, new AdamW(ops, state), telemetry, faults);
  }

  private BatchSource source(Corpus.Part part) {
    return new BatchSource(CORPUS, part, config.sequences(), config.length(), 0);
  }

  private static RunFolder open(Path data) {
    try {
      return RunFolder.open(data, RUN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TrainerConfig preset() {
    try {
      return ConfigReader.read("tiny");
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  Optional<CheckpointKeeper> keeper() {
    return folder.map(
        f ->
            new CheckpointKeeper(
                f,
                new CheckpointKeeper.Identity(
                    RUN,
                    0,
                    Fingerprint.of(config.model(), Set.of()),
                    Fingerprint.of(config, TrainerConfig.NOT_IN_THE_WEIGHTS)),
                team,
                knobs));
  }

  TrainingLoop loop(RunPosition from) {
    Replica leader = team.leader();
    BatchSource heldOut = source(Corpus.Part.HELD_OUT);
    TrainingLoop.Parts parts =
        new TrainingLoop.Parts(
            RUN,
            course,
            team,
            data,
            new Transformer(
                leader.ops(),
                leader.state(),
                config.sequences(),
                config.length(),
                new Stopwatch(System::nanoTime)),
            List.of(heldOut.batch(0), heldOut.batch(1)),
            knobs,
            faults,
            Optional.of(publisher),
            Optional.of(broker.subscription(RUN)),
            keeper(),
            this);
    return new TrainingLoop(
        parts,
        from,
        new TrainingLoop.Timing(Clock.systemUTC(), this::nanos, nanos -> pause.accept(nanos), 0));
  }

  /** Nanoseconds as this thread sees them: what it pretends to have waited has passed. */
  long nanos() {
    return System.nanoTime() + waited.get();
  }

  /** Pretends, on this thread, to wait. */
  void pretendToWait(long nanos) {
    waited.set(waited.get() + nanos);
  }

  /** Trains from the start up to a step. */
  RunPosition train(long to) {
    TrainingLoop loop = loop(RunPosition.start(0));
    RunPosition reached = loop.run(to, new StopRequest());
    observations = loop.observations();
    return reached;
  }

  /** Sends all telemetry that is still buffered. */
  void drain() {
    publisher.close(Duration.ofSeconds(10));
  }

  double[] weights() {
    return weights(team.leader());
  }

  static double[] weights(Replica replica) {
    return replica.snapshot().stream().flatMapToDouble(Arrays::stream).toArray();
  }

  @Override
  public void stepped(StepResult result) {
    losses.add(result.losses().languageModel());
    ratios.add(result.largestRatio().getAsDouble());
    afterStep.run();
  }

  @Override
  public void validated(long step, double loss) {
    validations.add(loss);
  }

  @Override
  public void faultBegan(long step, String description) {
    begun.add(step + ": " + description);
  }

  @Override
  public void answered(CommandAck ack) {}

  @Override
  public void changed(RunStatus status, RunPosition position) {
    statuses.add(status);
  }

  @Override
  public void close() {
    drain();
    team.close();
  }
}
