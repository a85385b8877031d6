package io.evenkeel.writer.store;

import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.StepKey;
import java.util.List;
import java.util.Map;

/** Variants of a step's signals. */
final class Signals {

  private Signals() {}

  /** The same step as fewer ranks tell it. */
  static StepSignals withRanksSeen(StepSignals base, int ranksSeen, List<LayerSignals> layers) {
    return copy(base, base.key(), ranksSeen, base.losses(), layers, base.scalars());
  }

  /** The same content for another step, loss and scalars. */
  static StepSignals of(StepSignals base, StepKey key, Losses losses, Map<String, Double> scalars) {
    return copy(base, key, base.ranksSeen(), losses, base.layers(), scalars);
  }

  private static StepSignals copy(
      StepSignals base,
      StepKey key,
      int ranksSeen,
      Losses losses,
      List<LayerSignals> layers,
      Map<String, Double> scalars) {
    return new StepSignals(
        key,
        ranksSeen,
        base.worldSize(),
        base.wallTime(),
        base.emitted(),
        base.tokens(),
        losses,
        base.gradientNorm(),
        base.clipCoefficient(),
        layers,
        base.activations(),
        base.tensors(),
        base.gradientNormRatioMax(),
        base.gradientNormRatioMean(),
        base.logitGradientRatioMax(),
        base.epsilonOverRmsMax(),
        base.belowEpsilonShare(),
        base.lossSpikeScore(),
        base.gradientNormSpikeScore(),
        base.stepTimeMillis(),
        base.telemetryTimeMillis(),
        base.stragglerSkew(),
        base.nonFinite(),
        base.knobs(),
        base.lastCommand(),
        scalars,
        base.lateParts(),
        base.droppedBefore());
  }
}
