package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.ExpertBuffers;
import io.evenkeel.trainer.ops.ExpertWeights;
import io.evenkeel.trainer.ops.MoeOps;
import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.ops.host.Routing;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/** Checks shapes and hands on. */
final class CpuMoe implements MoeOps {
  private final CpuRouterSoftmax softmax;
  private final CpuRouting routing;
  private final ColumnSums columnSums;
  private final CpuExperts experts;
  private final CpuCombination combination;

  CpuMoe(WorkerPool pool, Products products) {
    softmax = new CpuRouterSoftmax(pool);
    routing = new CpuRouting(pool);
    columnSums = new ColumnSums(pool);
    experts = new CpuExperts(pool, products);
    combination = new CpuCombination(pool);
  }

  @Override
  public void softmaxForward(Tensor logits, Tensor probabilities, Tensor logSumExp) {
    ShapeChecks.softmax(logits, probabilities, logSumExp);
    softmax.forward(logits, probabilities, logSumExp);
  }

  @Override
  public void softmaxBackward(Tensor probabilities, Tensor dProbabilities, Tensor dLogits) {
    ShapeChecks.same("softmaxBackward", probabilities, dProbabilities, dLogits);
    softmax.backward(probabilities, dProbabilities, dLogits);
  }

  @Override
  public void route(RoutingShape shape, Tensor probabilities, Tensor bias, RoutingPlan plan) {
    ShapeChecks.routing(shape, probabilities, plan);
    ShapeChecks.bias(shape, bias);
    routing.route(shape, probabilities, bias, plan);
  }

  @Override
  public void routeToAll(RoutingPlan plan) {
    Routing.sendToAll(plan);
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
    double[] target = HostStatistics.of(into);
    Routing.count(shape, plan, target, at);
    columnSums.sum(CpuTensor.of(probabilities), shape.experts(), target, at.probabilitySums());
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
    combination.forward(shape, plan, probabilities, x, expertOutput, gamma, ffnSum, out);
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
    combination.backward(
        shape,
        plan,
        probabilities,
        x,
        expertOutput,
        gamma,
        dOut,
        dExpertOutput,
        dProbabilities,
        dX);
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
    ShapeChecks.room(into, at, 1);
    HostStatistics.of(into)[at] =
        softmax.loadBalance(
            shape, probabilities, HostStatistics.of(counts), countsAt, coefficient, dLogits);
  }
}
