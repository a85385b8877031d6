package io.evenkeel.trainer.ops;

import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/** Routing, experts and the load-balance loss. FORMULAS.md sections 2 to 4. E = N+Z. */
public interface MoeOps {
  /**
   * {@code probabilities_t = softmax(logits_t)}, {@code logSumExp_t = ln sum_i e^{z_ti}}: [T,E],
   * [T,E], [T].
   */
  void softmaxForward(Tensor logits, Tensor probabilities, Tensor logSumExp);

  /** {@code dLogits_i += R_i (dR_i - sum_k R_k dR_k)}, row by row: all [T,E]. */
  void softmaxBackward(Tensor probabilities, Tensor dProbabilities, Tensor dLogits);

  /**
   * Selects the K largest of {@code R_ti + bias_i}, ties to the lowest index (a NaN score ranks
   * lowest), and fills the plan: probabilities [T,E], bias [E].
   */
  void route(RoutingShape shape, Tensor probabilities, Tensor bias, RoutingPlan plan);

  /**
   * Writes load, probability sums, group hits and FFN experts per token as {@link RoutingLayout}
   * says.
   */
  void routingStatistics(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Statistics into,
      RoutingLayout at);

  /**
   * SwiGLU of each slot's token by its expert; fills the buffers' first offsets[N] rows: x [T,d].
   */
  void expertsForward(RoutingPlan plan, Tensor x, ExpertWeights weights, ExpertBuffers buffers);

  /**
   * Backward of {@link #expertsForward}: {@code gradients.output()} holds dL/d(output), the other
   * gradient buffers are overwritten as scratch; adds to dWeights and dX [T,d].
   */
  void expertsBackward(
      RoutingPlan plan,
      ExpertWeights weights,
      ExpertBuffers buffers,
      ExpertBuffers gradients,
      ExpertWeights dWeights,
      Tensor dX);

  /**
   * {@code ffnSum_t = sum_{i in S_t, i<N} R_ti y_ti}; {@code out_t = gamma ffnSum_t + (sum_{i in
   * S_t, i>=N} R_ti) x_t}: x, ffnSum, out [T,d], probabilities [T,E], expertOutput [slots,d].
   */
  void combineForward(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Tensor x,
      Tensor expertOutput,
      double gamma,
      Tensor ffnSum,
      Tensor out);

  /**
   * Backward of {@link #combineForward}: <em>overwrites</em> dExpertOutput [slots,d] and
   * dProbabilities [T,E], adds to dX [T,d].
   */
  void combineBackward(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Tensor x,
      Tensor expertOutput,
      double gamma,
      Tensor dOut,
      Tensor dExpertOutput,
      Tensor dProbabilities,
      Tensor dX);

  /**
   * Adds {@code coefficient * dL_LB/dz} to dLogits [T,E], with f from the counts of {@link
   * #routingStatistics} held constant, and writes ||dL_LB/dz||^2 (without the coefficient) at
   * {@code at} of {@code into}.
   */
  void loadBalanceBackward(
      RoutingShape shape,
      Tensor probabilities,
      Statistics counts,
      RoutingLayout countsAt,
      double coefficient,
      Tensor dLogits,
      Statistics into,
      int at);

  /** Fills a plan that sends every token to every FFN expert: the plan's K is N. */
  void routeToAll(RoutingPlan plan);
}
