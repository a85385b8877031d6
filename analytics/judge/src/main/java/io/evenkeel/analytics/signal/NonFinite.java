package io.evenkeel.analytics.signal;

import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import org.jspecify.annotations.Nullable;

/** Counts NaN and infinite entries: those that a sender counted, and those in what it sent. */
final class NonFinite {

  private NonFinite() {}

  /** Over the losses, the gradient norm, the router and the activations of a rank. */
  static long count(StepTelemetry rank) {
    long count =
        one(rank.losses().languageModel())
            + one(rank.losses().loadBalance())
            + one(rank.losses().hiddenZ())
            + one(rank.losses().total())
            + one(rank.gradientNorm());
    for (MoeLayerTelemetry layer : rank.moeLayers()) {
      count = Sums.plus(count, layer.routerNonFinite());
      count += one(layer.loadBalanceLoss());
      count += entries(layer.probabilitySums()) + entries(layer.lmGradP());
      count += entries(layer.lbGradP()) + entries(layer.selectionBias());
    }
    for (ActivationSums sums : rank.activations()) {
      count = Sums.plus(count, sums.nonFinite());
      count += one(sums.maxAbs());
    }
    return count;
  }

  /** Over one tensor's gradient, merged. */
  static long count(TensorTelemetry tensor) {
    return Sums.plus(tensor.nonFinite(), one(tensor.sumSquares()));
  }

  private static long one(@Nullable Double value) {
    return value == null || Double.isFinite(value) ? 0 : 1;
  }

  private static long entries(ExpertVector vector) {
    long count = 0;
    for (int i = 0; i < vector.size(); i++) {
      count += Double.isFinite(vector.get(i)) ? 0 : 1;
    }
    return count;
  }
}
