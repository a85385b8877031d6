package io.evenkeel.bench.trainer;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.torch.TorchInstallation;
import io.evenkeel.bench.torch.TorchJob;
import io.evenkeel.bench.torch.TorchWorker;
import io.evenkeel.bench.trainer.TrainerUnderTest.Signals;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/** The trainer and PyTorch in turns, both on the same number of threads. */
final class ThreadComparison {
  private static final int WARM_UP = 4;

  /** OpenBLAS's threads spin for a while after their last product, and would slow the next one. */
  private static final Duration SETTLE = Duration.ofMillis(60);

  private final TrainerConfig config;
  private final TorchInstallation installation;
  private final int rounds;
  private final int threads;

  ThreadComparison(TrainerConfig config, TorchInstallation installation, int rounds, int threads) {
    this.config = config;
    this.installation = installation;
    this.rounds = rounds;
    this.threads = threads;
  }

  /**
   * What was measured on one number of threads.
   *
   * @param threads of each side
   * @param ours median seconds of the trainer's step, no signals
   * @param builds median seconds of PyTorch's step, and ratio of the two speeds, by build of BLAS
   * @param signalShare median of what all signals add to a step, as a share of the step
   * @param productRate flop/s of the matrix products in the step's shapes, by themselves
   * @param largeProductRate flop/s of large square products
   * @param lossDistance largest distance between the losses of the two sides after equal steps
   * @param memory of the trainer's tensors
   */
  record Result(
      int threads,
      double ours,
      Map<String, Build> builds,
      double signalShare,
      double productRate,
      double largeProductRate,
      double lossDistance,
      TrainerUnderTest.Memory memory) {
    /** The build that makes PyTorch fastest. */
    Build best() {
      return builds.values().stream()
          .min(java.util.Comparator.comparingDouble(Build::ratio))
          .orElseThrow();
    }
  }

  /**
   * PyTorch with one build of BLAS.
   *
   * @param seconds median of a step
   * @param ratio median of PyTorch's over the trainer's seconds, round by round
   * @param libraries that it has loaded
   */
  record Build(double seconds, double ratio, List<String> libraries) {}

  Result measure() throws IOException, BenchException {
    TensorOps ops = CpuTensorOps.create(threads);
    try (TrainerUnderTest trainer = new TrainerUnderTest(config, ops, 1)) {
      List<Batch> batches =
          LongStream.range(0, WARM_UP + rounds).mapToObj(trainer.batches()::batch).toList();
      Map<String, Build> builds;
      List<Double> ours = new ArrayList<>();
      double[] distance = new double[1];
      try (TorchJob job = TorchJob.write(config, trainer.state(), ops.memory(), batches)) {
        builds = againstPyTorch(trainer, job, ours, distance);
      }
      double signals = signalShare(trainer);
      MatrixProducts products = new MatrixProducts(ops);
      double rate = products.rate(new StepWork(config).products());
      return new Result(
          threads,
          Median.of(ours),
          builds,
          signals,
          rate,
          products.largeRate(),
          distance[0],
          trainer.memory());
    }
  }

  private Map<String, Build> againstPyTorch(
      TrainerUnderTest trainer, TorchJob job, List<Double> ours, double[] distance)
      throws IOException, BenchException {
    List<TorchWorker> workers = new ArrayList<>();
    try {
      for (TorchInstallation.BlasBuild build : installation.builds()) {
        workers.add(TorchWorker.start(installation, build, job, threads));
      }
      List<List<Double>> theirs =
          workers.stream().map(w -> (List<Double>) new ArrayList<Double>()).toList();
      for (int round = -WARM_UP; round < rounds; round++) {
        settle();
        double seconds = trainer.step(Signals.OFF);
        if (round >= 0) {
          ours.add(seconds);
        }
        for (int i = 0; i < workers.size(); i++) {
          settle();
          int step = WARM_UP + round;
          TorchWorker.Step trained =
              workers.get(i).train(step, step, config.optimizer().learningRate());
          distance[0] = Math.max(distance[0], Math.abs(trained.loss() - trainer.loss()));
          if (round >= 0) {
            theirs.get(i).add(trained.seconds());
          }
        }
      }
      Map<String, Build> builds = new LinkedHashMap<>();
      for (int i = 0; i < workers.size(); i++) {
        TorchWorker worker = workers.get(i);
        builds.put(
            worker.build().name(),
            new Build(
                Median.of(theirs.get(i)),
                Median.ofRatios(theirs.get(i), ours),
                worker.loadedBlas()));
      }
      return builds;
    } finally {
      workers.forEach(TorchWorker::close);
    }
  }

  /** Pairs of steps, one with and one without; which comes first changes from pair to pair. */
  private double signalShare(TrainerUnderTest trainer) {
    for (int i = 0; i < 2 * WARM_UP; i++) {
      trainer.step(i % 2 == 0 ? Signals.ON : Signals.OFF);
    }
    List<Double> on = new ArrayList<>();
    List<Double> off = new ArrayList<>();
    for (int pair = 0; pair < 2 * rounds; pair++) {
      boolean onFirst = pair % 2 == 0;
      double first = trainer.step(onFirst ? Signals.ON : Signals.OFF);
      double second = trainer.step(onFirst ? Signals.OFF : Signals.ON);
      on.add(onFirst ? first : second);
      off.add(onFirst ? second : first);
    }
    return Median.ofRatios(on, off) - 1;
  }

  private static void settle() {
    LockSupport.parkNanos(SETTLE.toNanos());
  }
}
