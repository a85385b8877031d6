package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/** Updates of parameters and of the selection bias. FORMULAS.md section 6. */
public interface OptimizerOps {
  /** One AdamW update in place: all tensors of one shape; the gradient is left as it is. */
  void adamW(
      Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step);

  /**
   * Writes the number of elements with {@code sqrt(v / biasCorrection2) < epsilon}, and of those
   * that also have v &gt; 0.
   */
  void belowEpsilon(
      Tensor secondMoment, double biasCorrection2, double epsilon, Statistics into, int at);

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
