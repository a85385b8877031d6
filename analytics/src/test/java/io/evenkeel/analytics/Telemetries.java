package io.evenkeel.analytics;

import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.util.List;
import java.util.function.UnaryOperator;

/** Telemetry like another, but for one component. */
public final class Telemetries {

  private Telemetries() {}

  public static StepTelemetry withKey(StepTelemetry t, ObservationKey key, int worldSize) {
    return copy(t, key, worldSize, t.losses(), t.moeLayers());
  }

  public static StepTelemetry withLoss(StepTelemetry t, double languageModel) {
    Losses losses =
        new Losses(
            languageModel, t.losses().loadBalance(), t.losses().hiddenZ(), t.losses().total());
    return copy(t, t.key(), t.worldSize(), losses, t.moeLayers());
  }

  public static StepTelemetry withLayers(StepTelemetry t, UnaryOperator<MoeLayerTelemetry> change) {
    return copy(t, t.key(), t.worldSize(), t.losses(), t.moeLayers().stream().map(change).toList());
  }

  public static MoeLayerTelemetry withTokenEntropy(MoeLayerTelemetry l, double sum) {
    return layer(l, sum, l.ffnExpertsSum());
  }

  public static MoeLayerTelemetry withFfnExperts(MoeLayerTelemetry l, double sum) {
    return layer(l, l.tokenEntropySum(), sum);
  }

  private static MoeLayerTelemetry layer(MoeLayerTelemetry l, double entropy, double ffnExperts) {
    return new MoeLayerTelemetry(
        l.layer(),
        l.loadBalanceCoefficient(),
        l.loadBalanceLoss(),
        l.load(),
        l.probabilitySums(),
        l.lmGradP(),
        l.lbGradP(),
        l.gradientMethod(),
        l.lmGradZSumSquares(),
        l.lbGradZSumSquares(),
        l.routerZSum(),
        l.routerLogitMaxAbs(),
        entropy,
        l.routerNonFinite(),
        l.routerCosineAll(),
        l.routerCosineFfn(),
        ffnExperts,
        l.ffnExpertsSumSquares(),
        l.selectionBias(),
        l.expertOutputCosine(),
        l.top1Churn(),
        l.ffnSumVariance(),
        l.gammaEmpirical());
  }

  private static StepTelemetry copy(
      StepTelemetry t,
      ObservationKey key,
      int worldSize,
      Losses losses,
      List<MoeLayerTelemetry> layers) {
    return new StepTelemetry(
        key,
        worldSize,
        t.wallTime(),
        t.stepTimeMillis(),
        t.telemetryTimeMillis(),
        t.tokens(),
        losses,
        t.gradientNorm(),
        t.clipCoefficient(),
        t.tensorPlacement(),
        t.tensors(),
        t.moeShape(),
        layers,
        t.activations(),
        t.knobs(),
        t.lastCommand(),
        t.scalars(),
        t.droppedBefore());
  }
}
