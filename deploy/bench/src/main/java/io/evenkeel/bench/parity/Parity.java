package io.evenkeel.bench.parity;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.torch.TorchInstallation;
import io.evenkeel.bench.torch.TorchJob;
import io.evenkeel.bench.torch.TorchWorker;
import io.evenkeel.bench.trainer.TrainerUnderTest;
import io.evenkeel.bench.trainer.TrainerUnderTest.Signals;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One training by both sides, a step of the one after a step of the other. */
final class Parity {
  /** Whose batches are held in memory and in a file. */
  static final int MOST_STEPS = 20_000;

  private static final int HELD_OUT_BATCHES = 8;
  private static final int POINTS = 12;

  private final TrainerConfig config;
  private final TorchInstallation installation;
  private final int steps;
  private final int threads;

  Parity(TrainerConfig config, TorchInstallation installation, int steps, int threads) {
    this.config = config;
    this.installation = installation;
    this.steps = steps;
    this.threads = threads;
  }

  /** Trains; each point of the curves is told as soon as it is there. */
  ParityReport measure(Consumer<ParityReport.Point> told) throws IOException, BenchException {
    TensorOps ops = CpuTensorOps.create(threads);
    try (TrainerUnderTest trainer = new TrainerUnderTest(config, ops, HELD_OUT_BATCHES)) {
      List<Batch> batches = new ArrayList<>();
      for (int step = 0; step < steps; step++) {
        batches.add(trainer.batches().batch(step));
      }
      batches.addAll(trainer.heldOut());
      try (TorchJob job = TorchJob.write(config, trainer.state(), ops.memory(), batches);
          TorchWorker torch =
              TorchWorker.start(installation, installation.builds().getFirst(), job, threads)) {
        return new ParityReport(
            config.name(), steps, installation.version(), train(trainer, torch, told));
      }
    }
  }

  private List<ParityReport.Point> train(
      TrainerUnderTest trainer, TorchWorker torch, Consumer<ParityReport.Point> told)
      throws IOException, BenchException {
    List<ParityReport.Point> curve = new ArrayList<>();
    int every = Math.max(1, steps / POINTS);
    double trained = 0;
    for (int step = 0; step <= steps; step++) {
      if (step % every == 0 || step == steps) {
        ParityReport.Point point =
            new ParityReport.Point(
                step, trainer.loss(), trained, trainer.validationLoss(), heldOutLoss(torch));
        curve.add(point);
        told.accept(point);
      }
      if (step < steps) {
        trainer.step(Signals.OFF);
        trained = torch.train(step, step, config.learningRate(step)).loss();
      }
    }
    return curve;
  }

  private double heldOutLoss(TorchWorker torch) throws IOException, BenchException {
    double sum = 0;
    for (int index = 0; index < HELD_OUT_BATCHES; index++) {
      sum += torch.loss(steps + index);
    }
    return sum / HELD_OUT_BATCHES;
  }
}
