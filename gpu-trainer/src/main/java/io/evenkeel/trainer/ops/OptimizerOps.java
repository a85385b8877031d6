package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.List;

/** Updates of parameters and of the selection bias. FORMULAS.md section 6. */
public interface OptimizerOps {
  /** Entries a slot that {@link #adamW} writes. */
  int BELOW_ENTRIES = 2;

  /** Prepares updates of these tensors, once for a model. */
  OptimizerPlan prepare(List<AdamWSlot> slots);

  /**
   * Writes for each slot what {@link StatisticsOps#squares} writes of its gradient, slot after slot
   * from {@code at} on.
   */
  void gradientSquares(OptimizerPlan plan, Statistics into, int at);

  /**
   * One AdamW update of every slot in place. The gradients are clipped by their common norm, which
   * is taken from the plain sums of squares that {@link #gradientSquares} left at {@code
   * squaresAt}, so that a device needs no word from the host. Writes for each slot, from {@code
   * belowAt} on, the number of elements with {@code sqrt(v / biasCorrection2) < epsilon} after the
   * update, and of those that also have v &gt; 0. The gradients are left as they are.
   */
  void adamW(
      OptimizerPlan plan,
      AdamWStep step,
      Statistics squares,
      int squaresAt,
      Statistics below,
      int belowAt);

  /**
   * {@code bias_i += mu ((Ke/K)/N - T_i/(K T))} for i &lt; N, with T_i from the counts: bias [E].
   */
  void updateSelectionBias(
      RoutingShape shape,
      Tensor bias,
      Statistics counts,
      RoutingLayout countsAt,
      long tokens,
      double mu);
}
