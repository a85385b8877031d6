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

  /**
   * Over the losses, the gradient norm, the router and the activations of a rank, but for the
   * vectors over experts: {@link LayerSum#add} meets them.
   */
  static long count(StepTelemetry rank) {
    long count =
        one(rank.losses().languageModel())
            + one(rank.losses().loadBalance())
            + one(rank.losses().hiddenZ())
            + one(rank.losses().total())
            + one(rank.gradientNorm());
    for (MoeLayerTelemetry layer : rank.moeLayers()) {
      count = Sums.plus(count, layer.routerNonFinite());
      count = Sums.plus(count, one(layer.loadBalanceLoss()));
    }
    for (ActivationSums sums : rank.activations()) {
      count = Sums.plus(count, sums.nonFinite());
      count = Sums.plus(count, one(sums.maxAbs()));
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

  /** Over a vector. */
  static long count(ExpertVector vector) {
    return count(vector.toArray());
  }

  /** Over a vector. */
  static long count(double[] vector) {
    return Magnitudes.below(vector, Magnitudes.INFINITE) ? 0 : counted(vector);
  }

  private static long counted(double[] vector) {
    long count = 0;
    for (double entry : vector) {
      count += Double.isFinite(entry) ? 0 : 1;
    }
    return count;
  }
}
