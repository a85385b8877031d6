package io.evenkeel.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.layer.Stopwatch;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.optim.AdamW;
import io.evenkeel.trainer.optim.OptimizerSettings;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A whole step on the cpu backend: the same bits on any number of threads, and no new tensors. */
final class CpuStepTest {
  private static final int SEQUENCES = 3;
  private static final int LENGTH = 37;

  /**
   * Share of the tensors' bytes that a step may take from the heap after warm-up: no tensor is
   * made, but a segment a matrix and product is where the just-in-time compiler does not see
   * through it.
   */
  private static final double HEAP_SHARE = 0.1;

  private static final int MOST_STEPS = 400;

  private static final class Run implements AutoCloseable {
    final TensorOps ops;
    final Transformer model;
    final AdamW optimizer;
    private final int[] inputs = new int[SEQUENCES * LENGTH];
    private final int[] targets = new int[SEQUENCES * LENGTH];
    private final Objective objective;
    private final OptimizerSettings settings =
        new OptimizerSettings(1e-3, 0.9, 0.95, 1e-8, 0.1, 1, 0.02, 1);

    Run(int threads) {
      ops = CpuTensorOps.create(threads);
      ModelConfig config = new ModelConfig(50, 48, 4, 2, 6, 3, 3, 2, 3, 20, 72, 2, 1e-6, 10_000, 5);
      ModelState state = new ModelState(config, ops.memory());
      SplittableRandom random = new SplittableRandom(11);
      for (Parameter parameter : state.parameters()) {
        double[] values = new double[parameter.value().shape().size()];
        Arrays.setAll(values, i -> random.nextGaussian() / 7);
        ops.memory().write(parameter.value(), values);
      }
      Arrays.setAll(inputs, i -> random.nextInt(50));
      Arrays.setAll(targets, i -> random.nextInt(50));
      model = new Transformer(ops, state, SEQUENCES, LENGTH, new Stopwatch(() -> 0));
      optimizer = new AdamW(ops, state);
      objective = Objective.uniform(2, 1e-3, 1e-4);
    }

    void step() {
      model.forward(inputs, targets);
      model.recordStatistics();
      model.backward(objective, GradientMethod.ONE_PASS);
      optimizer.measure();
      optimizer.step(settings);
      model.updateSelectionBiases(0.01);
      model.refreshStatistics();
    }

    List<double[]> everything() {
      List<double[]> all = new ArrayList<>();
      for (AdamW.Slot slot : optimizer.slots()) {
        all.add(ops.memory().toArray(slot.parameter().value()));
        all.add(ops.memory().toArray(slot.parameter().gradient()));
        all.add(ops.memory().toArray(slot.secondMoment()));
      }
      model.layers().forEach(layer -> all.add(layer.statistics().lmGradientP()));
      return all;
    }

    @Override
    public void close() {
      ops.close();
    }
  }

  @Test
  void shouldGiveTheSameBitsOnAnyNumberOfThreads() {
    List<double[]> expected = after(1);
    for (int threads = 2; threads <= 4; threads++) {
      List<double[]> found = after(threads);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(found.get(i)).as("%d threads, array %d", threads, i).isEqualTo(expected.get(i));
      }
    }
  }

  /** Later runs are compiled where the first was interpreted: their bits are the same as well. */
  private static List<double[]> after(int threads) {
    try (Run run = new Run(threads)) {
      for (int step = 0; step < 8; step++) {
        run.step();
      }
      return run.everything();
    }
  }

  @Test
  void shouldAllocateNothingOfATensorsSizeInsideAStep() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Run run = new Run(2)) {
      run.step();
      long tensors = run.ops.memory().allocatedBytes();
      long least = Long.MAX_VALUE;
      for (int step = 0; step < MOST_STEPS && least > HEAP_SHARE * tensors; step++) {
        long before = threads.getTotalThreadAllocatedBytes();
        run.step();
        least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
      }
      assertThat(run.ops.memory().allocatedBytes()).isEqualTo(tensors);
      assertThat((double) least).isLessThanOrEqualTo(HEAP_SHARE * tensors);
    }
  }
}
