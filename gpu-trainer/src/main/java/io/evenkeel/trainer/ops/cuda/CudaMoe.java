package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.ExpertBuffers;
import io.evenkeel.trainer.ops.ExpertWeights;
import io.evenkeel.trainer.ops.MoeOps;
import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/** softmax.cu, combine.cu, load_balance.cu; routing is that of {@link CudaRouter}. */
final class CudaMoe implements MoeOps {
  private static final int ROW_BLOCK = CudaReduction.BLOCK;
  private static final int ROWS = ROW_BLOCK / 32;
  private static final int COMBINE_BLOCK = 128;

  private final CudaRuntime runtime;
  private final CudaReduction reduction;
  private final CudaRouter router;
  private final CudaExperts experts;
  private final CudaKernel softmaxForward;
  private final CudaKernel softmaxBackward;
  private final CudaKernel combineForward;
  private final CudaKernel combineBackward;
  private final CudaKernel loadBalanceFactors;
  private final CudaKernel loadBalanceBackward;

  CudaMoe(CudaRuntime runtime, GemmPrecision precision) {
    this.runtime = runtime;
    experts = new CudaExperts(runtime, precision);
    reduction = new CudaReduction(runtime);
    router = new CudaRouter(runtime, reduction);
    softmaxForward = runtime.kernel("softmax_forward");
    softmaxBackward = runtime.kernel("softmax_backward");
    combineForward = runtime.kernel("combine_forward");
    combineBackward = runtime.kernel("combine_backward");
    loadBalanceFactors = runtime.kernel("load_balance_factors");
    loadBalanceBackward = runtime.kernel("load_balance_backward");
  }

  @Override
  public void softmaxForward(Tensor logits, Tensor probabilities, Tensor logSumExp) {
    ShapeChecks.softmax(logits, probabilities, logSumExp);
    int rows = logits.shape().rows();
    softmaxForward
        .grid(CudaKernel.blocks(rows, ROWS))
        .block(ROW_BLOCK)
        .tensor(logits)
        .tensor(probabilities)
        .tensor(logSumExp)
        .integer(rows)
        .integer(logits.shape().last())
        .launch();
  }

  @Override
  public void softmaxBackward(Tensor probabilities, Tensor dProbabilities, Tensor dLogits) {
    ShapeChecks.same("softmaxBackward", probabilities, dProbabilities, dLogits);
    int rows = probabilities.shape().rows();
    softmaxBackward
        .grid(CudaKernel.blocks(rows, ROWS))
        .block(ROW_BLOCK)
        .tensor(probabilities)
        .tensor(dProbabilities)
        .tensor(dLogits)
        .integer(rows)
        .integer(probabilities.shape().last())
        .launch();
  }

  @Override
  public void route(RoutingShape shape, Tensor probabilities, Tensor bias, RoutingPlan plan) {
    ShapeChecks.routing(shape, probabilities, plan);
    ShapeChecks.bias(shape, bias);
    router.route(shape, probabilities, bias, plan);
  }

  @Override
  public void routeToAll(RoutingPlan plan) {
    router.routeToAll(plan);
  }

  @Override
  public void routingStatistics(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Statistics into,
      RoutingLayout at) {
    ShapeChecks.routing(shape, probabilities, plan);
    ShapeChecks.room(into, at.at(), at.end() - at.at());
    router.statistics(shape, plan, probabilities, into, at);
  }

  @Override
  public void expertsForward(
      RoutingPlan plan, Tensor x, ExpertWeights weights, ExpertBuffers buffers) {
    ShapeChecks.experts(plan, x, weights, buffers);
    experts.forward(plan, x, weights, buffers);
  }

  @Override
  public void expertsBackward(
      RoutingPlan plan,
      ExpertWeights weights,
      ExpertBuffers buffers,
      ExpertBuffers gradients,
      ExpertWeights dWeights,
      Tensor dX) {
    ShapeChecks.experts(plan, dX, weights, buffers);
    ShapeChecks.experts(plan, dX, dWeights, gradients);
    experts.backward(plan, weights, buffers, gradients, dWeights, dX);
  }

  @Override
  public void combineForward(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Tensor x,
      Tensor expertOutput,
      double gamma,
      Tensor ffnSum,
      Tensor out) {
    ShapeChecks.routing(shape, probabilities, plan);
    ShapeChecks.combine(plan, x, expertOutput, ffnSum, out);
    combineForward
        .grid(plan.tokens())
        .block(COMBINE_BLOCK)
        .tensor(probabilities)
        .indices(plan.selected())
        .indices(plan.tokenSlots())
        .tensor(x)
        .tensor(expertOutput)
        .real(gamma)
        .tensor(ffnSum)
        .tensor(out)
        .integer(shape.experts())
        .integer(shape.topK())
        .integer(x.shape().last())
        .launch();
  }

  @Override
  public void combineBackward(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Tensor x,
      Tensor expertOutput,
      double gamma,
      Tensor dOut,
      Tensor dExpertOutput,
      Tensor dProbabilities,
      Tensor dX) {
    ShapeChecks.routing(shape, probabilities, plan);
    ShapeChecks.combine(plan, x, expertOutput, dOut, dX);
    ShapeChecks.same("combineBackward", expertOutput, dExpertOutput);
    ShapeChecks.same("combineBackward", probabilities, dProbabilities);
    combineBackward
        .grid(plan.tokens())
        .block(COMBINE_BLOCK)
        .tensor(probabilities)
        .indices(plan.selected())
        .indices(plan.tokenSlots())
        .tensor(x)
        .tensor(expertOutput)
        .real(gamma)
        .tensor(dOut)
        .tensor(dExpertOutput)
        .tensor(dProbabilities)
        .tensor(dX)
        .integer(shape.experts())
        .integer(shape.topK())
        .integer(x.shape().last())
        .launch();
  }

  @Override
  public void loadBalanceBackward(
      RoutingShape shape,
      Tensor probabilities,
      Statistics counts,
      RoutingLayout countsAt,
      double coefficient,
      Tensor dLogits,
      Statistics into,
      int at) {
    ShapeChecks.same("loadBalanceBackward", probabilities, dLogits);
    ShapeChecks.room(counts, countsAt.at(), countsAt.end() - countsAt.at());
    ShapeChecks.room(into, at, 1);
    int tokens = probabilities.shape().rows();
    int blocks = CudaReduction.blocksForRows(tokens);
    long partials = CudaReduction.bytes(shape.experts(), 1);
    CudaBuffer factors = runtime.workspace(partials + CudaReduction.bytes(blocks, 1));
    factors(shape, tokens, counts, countsAt, factors);
    loadBalanceBackward
        .grid(blocks)
        .block(ROW_BLOCK)
        .tensor(probabilities)
        .device(factors)
        .tensor(dLogits)
        .device(factors, partials)
        .integer(tokens)
        .integer(shape.experts())
        .precise(coefficient)
        .launch();
    reduction.sum(factors, partials, blocks, 1, into, at);
  }

  private void factors(
      RoutingShape shape,
      int tokens,
      Statistics counts,
      RoutingLayout countsAt,
      CudaBuffer factors) {
    double zeroTarget = (shape.topK() - shape.ffnExpertsTarget()) * tokens;
    loadBalanceFactors
        .grid(1)
        .block(ROW_BLOCK)
        .statistics(counts, countsAt.at())
        .device(factors)
        .integer(shape.experts())
        .integer(shape.ffnExperts())
        .integer(shape.groupSize())
        .precise(shape.groups() / (shape.ffnExpertsTarget() * tokens))
        // Without zero experts the target is 0 and nobody asks for their factor.
        .precise(shape.zeroExperts() == 0 ? 0 : 1 / zeroTarget)
        .launch();
  }
}
