package io.evenkeel.bench.detection.shipped;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.detection.DetectionCase;
import io.evenkeel.bench.detection.TelemetrySource;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.control.KnobBoard;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.data.Batches;
import io.evenkeel.trainer.data.Corpus;
import io.evenkeel.trainer.data.DataSource;
import io.evenkeel.trainer.data.Drawing;
import io.evenkeel.trainer.fault.FaultInjector;
import io.evenkeel.trainer.fault.FaultyBatches;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.loop.LoopListener;
import io.evenkeel.trainer.loop.RankTeam;
import io.evenkeel.trainer.loop.Replica;
import io.evenkeel.trainer.loop.RunPosition;
import io.evenkeel.trainer.loop.StopRequest;
import io.evenkeel.trainer.loop.TrainingLoop;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.optim.AdamW;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The telemetry of a real training run with what its configuration breaks, at a pace that does not
 * depend on the machine.
 *
 * @param config with its faults; trained to its last step
 * @param ranks data-parallel replicas
 */
record FaultyTraining(TrainerConfig config, int ranks) implements TelemetrySource {
  private static final int NEVER = 0;

  @Override
  public void giveTo(Consumer<StepTelemetry> to) throws BenchException {
    Pace pace =
        new Pace(config.faults(), ranks, config.training().steps(), config.training().seed());
    train().forEach(part -> to.accept(pace.stamp(part)));
  }

  private List<StepTelemetry> train() throws BenchException {
    TrainerConfig faulty = config.withModel(config.faults().model(config.model()));
    Recorder recorder = new Recorder();
    try (RankTeam team = RankTeam.open(ranks, rank -> replica(rank, faulty), System::nanoTime)) {
      DataSource source = faulty.data().open(faulty.model().vocabulary());
      loop(faulty, team, source, recorder).run(faulty.training().steps(), new StopRequest());
      return recorder.parts();
    } catch (IOException e) {
      throw new BenchException(ErrorId.BENCH_CASES, "The data cannot be read: " + e + ".");
    }
  }

  private TrainingLoop loop(
      TrainerConfig faulty, RankTeam team, DataSource source, Recorder recorder) {
    Batches training =
        new FaultyBatches(
            faulty.faults(),
            source,
            drawing(faulty, Corpus.Part.TRAINING),
            faulty.model().vocabulary(),
            ranks * faulty.accumulation());
    Batch heldOut = source.batches(drawing(faulty, Corpus.Part.HELD_OUT)).batch(0);
    TrainingLoop.Course course =
        new TrainingLoop.Course(
            faulty.accumulation(),
            Integer.MAX_VALUE,
            faulty.training().probeEvery(),
            NEVER,
            NEVER,
            faulty.training().leaseMillis());
    Transformer validated =
        new Transformer(
            team.leader().ops(),
            team.leader().state(),
            faulty.sequences(),
            faulty.length(),
            new Stopwatch(System::nanoTime));
    return new TrainingLoop(
        new TrainingLoop.Parts(
            DetectionCase.RUN,
            course,
            team,
            training::batch,
            validated,
            List.of(heldOut),
            new KnobBoard(faulty, Map.of()),
            faulty.faults(),
            Optional.of(recorder),
            Optional.empty(),
            Optional.empty(),
            new Silence()),
        RunPosition.start(0),
        new TrainingLoop.Timing(Clock.systemUTC(), System::nanoTime, nanos -> {}, 0));
  }

  private static Drawing drawing(TrainerConfig config, Corpus.Part part) {
    return new Drawing(part, config.sequences(), config.length(), config.training().seed());
  }

  private static Replica replica(int rank, TrainerConfig config) {
    TensorOps ops = CpuTensorOps.create(1);
    ModelState state = new ModelState(config.model(), ops.memory());
    if (rank == 0) {
      config
          .faults()
          .initializer(config.initializer())
          .fill(state, ops.memory(), new SplittableRandom(config.training().seed()));
      new FaultInjector(config.faults(), state, ops.memory())
          .afterInitialization(config.training().seed());
    }
    Stopwatch telemetry = new Stopwatch(System::nanoTime);
    Transformer model =
        new Transformer(
            ops, state, config.sequences(), config.length(), config.accumulation(), telemetry);
    return new Replica(
        rank, ops, model, new AdamW(ops, state, config.transfer()), telemetry, config.faults());
  }

  private static final class Silence implements LoopListener {
    @Override
    public void stepped(StepResult result) {}

    @Override
    public void validated(long step, double heldOutLoss) {}

    @Override
    public void answered(CommandAck ack) {}

    @Override
    public void changed(RunStatus status, RunPosition position) {}
  }
}
