package io.evenkeel.writer.store;

import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.StepKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Variants of a step's signals. */
final class Signals {

  private Signals() {}

  /** The same step as fewer ranks tell it. */
  static StepSignals withRanksSeen(StepSignals base, int ranksSeen, List<LayerSignals> layers) {
    return of(
        base,
        base.key(),
        ranksSeen,
        base.losses(),
        layers,
        base.activations(),
        base.tensors(),
        base.knobs(),
        base.scalars());
  }

  /** The same content for another step, loss and scalars. */
  static StepSignals of(StepSignals base, StepKey key, Losses losses, Map<String, Double> scalars) {
    return of(
        base,
        key,
        base.ranksSeen(),
        losses,
        base.layers(),
        base.activations(),
        base.tensors(),
        base.knobs(),
        scalars);
  }

  /** The same layer but for its number, a figure that may be missing, and one that may not. */
  static LayerSignals layer(
      LayerSignals base, int layer, @Nullable Double gradientNormRatio, double maxViolation) {
    return new LayerSignals(
        layer,
        gradientNormRatio,
        base.lmGradientNorm(),
        base.lbGradientNorm(),
        base.logitGradientRatio(),
        base.gradientMethod(),
        base.routerCosineAll(),
        base.routerCosineFfn(),
        base.load(),
        base.probabilities(),
        base.loadBalanceLoss(),
        maxViolation,
        base.coefficientOfVariation(),
        base.deadExperts(),
        base.entropyOfMean(),
        base.entropyOfMeanNormalised(),
        base.tokenEntropyMean(),
        base.tokenEntropyNormalised(),
        base.softMutualInformation(),
        base.ffnExpertsMean(),
        base.ffnExpertsStd(),
        base.ffnExpertsRelativeError(),
        base.zeroShare(),
        base.routerZ(),
        base.routerLogitMaxAbs(),
        base.selectionBias(),
        base.expertOutputCosine(),
        base.top1Churn(),
        base.ffnSumVariance(),
        base.gammaEmpirical(),
        base.ffnExpertsTarget(),
        base.ffnExperts());
  }

  /** The same step in most respects. */
  static StepSignals of(
      StepSignals base,
      StepKey key,
      int ranksSeen,
      Losses losses,
      List<LayerSignals> layers,
      List<ActivationSignals> activations,
      List<TensorSignals> tensors,
      List<KnobValue> knobs,
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
        activations,
        tensors,
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
        knobs,
        base.lastCommand(),
        scalars,
        base.lateParts(),
        base.droppedBefore());
  }

  /** The same step with the ranks that it names. */
  static StepSignals ofRanks(
      StepSignals base, @Nullable Integer slowest, @Nullable Integer missing) {
    return new StepSignals(
        base.key(),
        base.ranksSeen(),
        base.worldSize(),
        base.wallTime(),
        base.emitted(),
        base.tokens(),
        base.losses(),
        base.gradientNorm(),
        base.clipCoefficient(),
        base.layers(),
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
        base.scalars(),
        base.lateParts(),
        base.droppedBefore(),
        slowest,
        missing);
  }
}
