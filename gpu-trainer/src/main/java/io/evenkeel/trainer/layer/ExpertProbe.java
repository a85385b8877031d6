package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.ExpertBuffers;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.tensor.Statistics;

/**
 * Evaluates every FFN expert on every token, to see how alike they are. Costly: N/K times the
 * experts' forward pass.
 */
public final class ExpertProbe {
  private final TensorOps ops;
  private final LayerShape shape;
  private final RoutingPlan everything;
  private final ExpertBuffers buffers;
  private final Statistics statistics;

  /** Allocates for layers of that shape. */
  public ExpertProbe(TensorOps ops, LayerShape shape) {
    this.ops = ops;
    this.shape = shape;
    int experts = shape.routing().ffnExperts();
    everything =
        RoutingPlan.allocate(
            ops.memory(), new RoutingShape(experts, 0, experts, experts, 1), shape.tokens());
    buffers =
        ExpertBuffers.allocate(
            ops.memory(), everything.capacity(), shape.width(), shape.expertHidden());
    statistics = ops.memory().allocateStatistics(1);
    ops.moe().routeToAll(everything);
  }

  /**
   * Mean over tokens and pairs of FFN experts of the cosine of their outputs, on the input of the
   * layer's last forward pass.
   *
   * @return in [-1, 1]; 0 when N &lt; 2
   */
  public double outputCosine(ScMoeLayer layer) {
    int experts = shape.routing().ffnExperts();
    if (experts < 2) {
      return 0;
    }
    ops.moe().expertsForward(everything, layer.moeInput(), layer.moe().weights(), buffers);
    ops.statistics().slotCosines(everything, buffers.output(), statistics, 0);
    double pairs = experts * (experts - 1) / 2.0 * shape.tokens();
    return ops.memory().toArray(statistics)[0] / pairs;
  }
}
