package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trainer.ops.AdamWSlot;
import io.evenkeel.trainer.ops.AdamWSlot.Decay;
import io.evenkeel.trainer.ops.AdamWStep;
import io.evenkeel.trainer.ops.OptimizerPlan;
import io.evenkeel.trainer.ops.cuda.Agreement.Bench;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors below, at and above the size of a chunk, updated in one launch. */
final class CudaOptimizerTest {
  private static final int[] SIZES = {1, 8192, 33, 8193, 17000};

  private static List<AdamWSlot> slots(Bench bench) {
    List<AdamWSlot> slots = new ArrayList<>();
    for (int size : SIZES) {
      Tensor second = bench.coarse(size); // a sixteenth of them 0
      slots.add(
          new AdamWSlot(
              bench.filled(size),
              bench.with(bench.filled(size), 0, 0),
              bench.filled(size),
              second,
              size % 2 == 0 ? Decay.DECAYED : Decay.NOT_DECAYED,
              size == 33 ? 0.25 : 1));
    }
    return slots;
  }

  private static void step(Bench bench, List<AdamWSlot> slots, AdamWStep step) {
    OptimizerPlan plan = bench.ops.optimizer().prepare(slots);
    Statistics squares = bench.statistics(2 + 3 * SIZES.length);
    Statistics below = bench.statistics(1 + 2 * SIZES.length);
    bench.ops.optimizer().gradientSquares(plan, squares, 2);
    bench.ops.optimizer().adamW(plan, step, squares, 2, below, 1);
    for (AdamWSlot slot : slots) {
      bench.keep(slot.parameter(), slot.gradient(), slot.firstMoment(), slot.secondMoment());
    }
    bench.keep(squares);
    bench.keep(below);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1e9, 0, -1})
  void shouldUpdateAllTensorsAndCountWhatEpsilonRules(double clip) throws CudaUnavailableException {
    Agreement.check(
        1e-6,
        bench -> step(bench, slots(bench), new AdamWStep(0.01, 0.9, 0.95, 0.3, 0.1, clip, 3)));
  }

  @Test
  void shouldPassNonFiniteGradientsOnWhenThereAreAny() throws CudaUnavailableException {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      Agreement.check(
          1e-6,
          bench -> {
            List<AdamWSlot> slots = slots(bench);
            bench.with(slots.get(3).gradient(), 8192, bad);
            step(bench, slots, new AdamWStep(0.01, 0.9, 0.95, 0.3, 0.1, 1, 1));
          });
    }
  }

  @Test
  void shouldRefuseThePlanOfAnotherBackend() throws CudaUnavailableException {
    EmulatedGpu.get();
    try (CudaTensorOps ops = CudaTensorOps.open(GemmPrecision.FP32, 0);
        ReferenceTensorOps reference = new ReferenceTensorOps()) {
      Tensor tensor = reference.memory().allocate(Shape.of(2));
      AdamWSlot slot = new AdamWSlot(tensor, tensor, tensor, tensor, Decay.DECAYED, 1);
      OptimizerPlan plan = reference.optimizer().prepare(List.of(slot));
      Statistics sums = ops.memory().allocateStatistics(3);
      assertThatThrownBy(() -> ops.optimizer().gradientSquares(plan, sums, 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> ops.optimizer().prepare(List.of(slot)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> ops.optimizer().prepare(List.of()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(ops.memory().toArray(sums)).containsOnly(0);
    }
  }
}
