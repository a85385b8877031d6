package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.ExpertBuffers;
import io.evenkeel.trainer.ops.ExpertWeights;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.function.Function;

/** FFN and zero experts behind a router with selection bias. FORMULAS.md section 2. */
public final class MixtureOfExperts {
  private final TensorOps ops;
  private final LayerShape shape;
  private final Workspace scratch;
  private final Parameter router;
  private final ExpertWeights weights;
  private final ExpertWeights gradients;
  private final Tensor bias;
  private final Tensor logits;
  private final Tensor probabilities;
  private final Tensor logSumExp;
  private final RoutingPlan plan;
  private final ExpertBuffers buffers;
  private final Tensor ffnSum;
  private final Tensor out;

  MixtureOfExperts(
      TensorOps ops,
      LayerShape shape,
      Workspace scratch,
      Tensor bias,
      Function<String, Parameter> parameters) {
    this.ops = ops;
    this.shape = shape;
    this.scratch = scratch;
    this.bias = bias;
    router = parameters.apply("router");
    Parameter gate = parameters.apply("experts.w_gate");
    Parameter up = parameters.apply("experts.w_up");
    Parameter down = parameters.apply("experts.w_down");
    weights = new ExpertWeights(gate.value(), up.value(), down.value());
    gradients = new ExpertWeights(gate.gradient(), up.gradient(), down.gradient());
    int tokens = shape.tokens();
    Shape routed = Shape.of(tokens, shape.routing().experts());
    logits = ops.memory().allocate(routed);
    probabilities = ops.memory().allocate(routed);
    logSumExp = ops.memory().allocate(Shape.of(tokens));
    plan = RoutingPlan.allocate(ops.memory(), shape.routing(), tokens);
    buffers =
        ExpertBuffers.allocate(ops.memory(), plan.capacity(), shape.width(), shape.expertHidden());
    ffnSum = ops.memory().allocate(Shape.of(tokens, shape.width()));
    out = ops.memory().allocate(Shape.of(tokens, shape.width()));
  }

  Tensor forward(Tensor x, LayerStatistics statistics) {
    ops.dense().linearForward(x, router.value(), logits);
    ops.moe().softmaxForward(logits, probabilities, logSumExp);
    ops.moe().route(shape.routing(), probabilities, bias, plan);
    ops.moe()
        .routingStatistics(
            shape.routing(), plan, probabilities, statistics.device, statistics.layout.routing);
    ops.moe().expertsForward(plan, x, weights, buffers);
    ops.moe()
        .combineForward(
            shape.routing(), plan, probabilities, x, buffers.output(), shape.gamma(), ffnSum, out);
    return out;
  }

  /**
   * Adds to dX. The gradient statistics are taken before the load-balance term is added: they are
   * those of every other loss in the objective.
   */
  void backward(
      Tensor x,
      Tensor dOut,
      Tensor dX,
      double loadBalanceCoefficient,
      LayerStatistics forward,
      LayerStatistics into,
      Stopwatch telemetry) {
    Tensor dProbabilities = scratch.dProbabilities;
    Tensor dLogits = scratch.zeroed(scratch.dLogits);
    ops.moe()
        .combineBackward(
            shape.routing(),
            plan,
            probabilities,
            x,
            buffers.output(),
            shape.gamma(),
            dOut,
            scratch.dExperts.output(),
            dProbabilities,
            dX);
    ops.moe().softmaxBackward(probabilities, dProbabilities, dLogits);
    telemetry.start();
    ops.statistics().columnSums(dProbabilities, into.device, into.layout.gradientP);
    ops.statistics().squares(dLogits, into.device, into.layout.gradientZ);
    telemetry.stop();
    ops.moe()
        .loadBalanceBackward(
            shape.routing(),
            probabilities,
            forward.device,
            forward.layout.routing,
            loadBalanceCoefficient,
            dLogits,
            into.device,
            into.layout.balanceGradientZ);
    ops.moe().expertsBackward(plan, weights, buffers, scratch.dExperts, gradients, dX);
    ops.dense().linearBackward(x, router.value(), dLogits, dX, router.gradient());
  }

  /** Writes router statistics and cosines. */
  void recordStatistics(LayerStatistics into) {
    ops.statistics()
        .routerStatistics(logits, probabilities, logSumExp, into.device, into.layout.router);
    ops.statistics()
        .rowCosines(router.value(), shape.routing().ffnExperts(), into.device, into.layout.cosines);
  }

  /** R of the last forward pass [T,E]. */
  public Tensor probabilities() {
    return probabilities;
  }

  /** The plan of the last forward pass. */
  public RoutingPlan plan() {
    return plan;
  }

  /** b, in force [E]. */
  public Tensor bias() {
    return bias;
  }

  ExpertWeights weights() {
    return weights;
  }

  Tensor ffnSum() {
    return ffnSum;
  }

  Tensor out() {
    return out;
  }
}
