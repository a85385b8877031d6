package io.evenkeel.bench.trainer;

import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.memory.MemoryBroker;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.data.BatchSource;
import io.evenkeel.trainer.data.Corpus;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.loop.LoopListener;
import io.evenkeel.trainer.loop.RankTeam;
import io.evenkeel.trainer.loop.Replica;
import io.evenkeel.trainer.loop.RunPosition;
import io.evenkeel.trainer.loop.StopRequest;
import io.evenkeel.trainer.loop.TrainingLoop;
import io.evenkeel.trainer.model.MemoryPlan;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.optim.AdamW;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * The trainer's own loop over one model, a step at a time: with telemetry to a broker in this
 * process, or without any.
 */
public final class TrainerUnderTest implements AutoCloseable {
  private static final String RUN = "bench";
  private static final int RECORDS_KEPT = 16;
  private static final int NEVER = 0;
  private static final int LEASE_MILLIS = 60_000;

  private final RankTeam team;
  private final Memory memory;
  private final BatchSource batches;
  private final List<Batch> heldOut;
  private final TelemetryPublisher publisher = new MemoryBroker(RECORDS_KEPT).publisher();
  private final TrainingLoop silent;
  private final TrainingLoop watched;
  private final StopRequest nobodyStops = new StopRequest();
  private long silentSteps;
  private long watchedSteps;
  private double loss;

  /**
   * Bytes of all tensors.
   *
   * @param predicted by the plan that a run prints before it starts
   * @param allocated by the backend
   */
  public record Memory(long predicted, long allocated) {}

  /** Whether a step is watched. */
  public enum Signals {
    /** Telemetry is measured, described and handed over. */
    ON,
    /** None is measured. */
    OFF
  }

  /**
   * With fresh weights of the configuration's seed.
   *
   * @param ops closed with this
   * @param heldOutBatches number of batches for {@link #validationLoss}, at least 1
   */
  public TrainerUnderTest(TrainerConfig config, TensorOps ops, int heldOutBatches) {
    team = RankTeam.open(1, rank -> replica(rank, config, ops), System::nanoTime);
    batches = source(config, Corpus.Part.TRAINING);
    BatchSource rest = source(config, Corpus.Part.HELD_OUT);
    heldOut = LongStream.range(0, heldOutBatches).mapToObj(rest::batch).toList();
    Stopwatch unread = new Stopwatch(System::nanoTime);
    Transformer model = new Transformer(ops, state(), config.sequences(), config.length(), unread);
    KnobBoard knobs = new KnobBoard(config, Map.of());
    silent = loop(knobs, model, Optional.empty());
    watched = loop(knobs, model, Optional.of(publisher));
    MemoryPlan.Extent extent =
        new MemoryPlan.Extent(
            config.sequences(),
            config.length(),
            1,
            OptionalInt.of(config.sequences()),
            MemoryPlan.Probes.NONE);
    long predicted = MemoryPlan.of(config.model(), extent, MemoryPlan.Traits.of(ops)).total();
    memory = new Memory(predicted, ops.memory().allocatedBytes());
  }

  private static Replica replica(int rank, TrainerConfig config, TensorOps ops) {
    ModelState state = new ModelState(config.model(), ops.memory());
    SplittableRandom random = new SplittableRandom(config.training().seed());
    config.initializer().fill(state, ops.memory(), random);
    Stopwatch telemetry = new Stopwatch(System::nanoTime);
    Transformer model = new Transformer(ops, state, config.sequences(), config.length(), telemetry);
    return new Replica(rank, ops, model, new AdamW(ops, state), telemetry);
  }

  private static BatchSource source(TrainerConfig config, Corpus.Part part) {
    return new BatchSource(
        Corpus.bundled(), part, config.sequences(), config.length(), config.training().seed());
  }

  private TrainingLoop loop(
      KnobBoard knobs, Transformer validated, Optional<TelemetryPublisher> to) {
    TrainingLoop.Parts parts =
        new TrainingLoop.Parts(
            RUN,
            new TrainingLoop.Course(1, Integer.MAX_VALUE, NEVER, NEVER, NEVER, LEASE_MILLIS),
            team,
            batches::batch,
            validated,
            heldOut,
            knobs,
            to,
            Optional.empty(),
            Optional.empty(),
            new LossListener());
    TrainingLoop.Timing timing =
        new TrainingLoop.Timing(Clock.systemUTC(), System::nanoTime, LockSupport::parkNanos, 0);
    return new TrainingLoop(parts, RunPosition.start(0), timing);
  }

  private final class LossListener implements LoopListener {
    @Override
    public void stepped(StepResult result) {
      loss = result.losses().languageModel();
    }

    @Override
    public void validated(long step, double heldOutLoss) {}

    @Override
    public void answered(CommandAck ack) {}

    @Override
    public void changed(RunStatus status, RunPosition position) {}
  }

  /** Bytes of all tensors, before the first step. */
  public Memory memory() {
    return memory;
  }

  /** Weights and biases. */
  public ModelState state() {
    return team.leader().state();
  }

  /** The batches, by step. */
  public BatchSource batches() {
    return batches;
  }

  /** The batches of {@link #validationLoss}. */
  public List<Batch> heldOut() {
    return heldOut;
  }

  /** L_LM of the last step, nats. */
  public double loss() {
    return loss;
  }

  /** Mean L_LM of the held-out batches with the present weights, nats. */
  public double validationLoss() {
    return silent.validate();
  }

  /**
   * Trains a step; watched and unwatched steps each count from 0 and take the batches of their own
   * count.
   *
   * @return wall time, seconds
   */
  public double step(Signals signals) {
    long start = System.nanoTime();
    switch (signals) {
      case ON -> watched.run(++watchedSteps, nobodyStops);
      case OFF -> silent.run(++silentSteps, nobodyStops);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void close() {
    publisher.close(Duration.ofSeconds(1));
    team.close();
  }
}
