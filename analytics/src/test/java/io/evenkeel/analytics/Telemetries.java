package io.evenkeel.analytics;

import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
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
    return copy(t, key, worldSize, t.losses(), t.gradientNorm(), t.stepTimeMillis(), t.moeLayers());
  }

  public static StepTelemetry withGradientNorm(StepTelemetry t, double norm) {
    return copy(t, t.key(), t.worldSize(), t.losses(), norm, t.stepTimeMillis(), t.moeLayers());
  }

  public static StepTelemetry withStepTime(StepTelemetry t, double millis) {
    return copy(t, t.key(), t.worldSize(), t.losses(), t.gradientNorm(), millis, t.moeLayers());
  }

  public static StepTelemetry withLoss(StepTelemetry t, double languageModel) {
    Losses losses =
        new Losses(
            languageModel, t.losses().loadBalance(), t.losses().hiddenZ(), t.losses().total());
    return copy(
        t, t.key(), t.worldSize(), losses, t.gradientNorm(), t.stepTimeMillis(), t.moeLayers());
  }

  public static StepTelemetry withLayers(StepTelemetry t, UnaryOperator<MoeLayerTelemetry> change) {
    return copy(
        t,
        t.key(),
        t.worldSize(),
        t.losses(),
        t.gradientNorm(),
        t.stepTimeMillis(),
        t.moeLayers().stream().map(change).toList());
  }

  public static MoeLayerTelemetry withTokenEntropy(MoeLayerTelemetry l, double sum) {
    return new Layer(l).tokenEntropy(sum).build();
  }

  public static MoeLayerTelemetry withFfnExperts(MoeLayerTelemetry l, double sum) {
    return new Layer(l).ffnExperts(sum).build();
  }

  public static MoeLayerTelemetry withCoefficient(MoeLayerTelemetry l, double coefficient) {
    return new Layer(l).coefficient(coefficient).build();
  }

  public static MoeLayerTelemetry withRouterZ(MoeLayerTelemetry l, double sum) {
    return new Layer(l).routerZ(sum).build();
  }

  public static MoeLayerTelemetry withExpertOutputCosine(MoeLayerTelemetry l, double cosine) {
    return new Layer(l).cosine(cosine).build();
  }

  public static MoeLayerTelemetry withLoadAndBias(
      MoeLayerTelemetry l, ExpertLoads load, ExpertVector bias) {
    return new Layer(l).load(load, bias).build();
  }

  /** A layer's telemetry with some of its figures replaced. */
  private static final class Layer {
    private final MoeLayerTelemetry from;
    private double coefficient;
    private double tokenEntropy;
    private double ffnExperts;
    private double routerZ;
    private Double cosine;
    private ExpertLoads load;
    private ExpertVector bias;

    Layer(MoeLayerTelemetry from) {
      this.from = from;
      coefficient = from.loadBalanceCoefficient();
      tokenEntropy = from.tokenEntropySum();
      ffnExperts = from.ffnExpertsSum();
      routerZ = from.routerZSum();
      cosine = from.expertOutputCosine();
      load = from.load();
      bias = from.selectionBias();
    }

    Layer coefficient(double value) {
      coefficient = value;
      return this;
    }

    Layer tokenEntropy(double value) {
      tokenEntropy = value;
      return this;
    }

    Layer ffnExperts(double value) {
      ffnExperts = value;
      return this;
    }

    Layer routerZ(double value) {
      routerZ = value;
      return this;
    }

    Layer cosine(double value) {
      cosine = value;
      return this;
    }

    Layer load(ExpertLoads newLoad, ExpertVector newBias) {
      load = newLoad;
      bias = newBias;
      return this;
    }

    MoeLayerTelemetry build() {
      return new MoeLayerTelemetry(
          from.layer(),
          coefficient,
          from.loadBalanceLoss(),
          load,
          from.probabilitySums(),
          from.lmGradP(),
          from.lbGradP(),
          from.gradientMethod(),
          from.lmGradZSumSquares(),
          from.lbGradZSumSquares(),
          routerZ,
          from.routerLogitMaxAbs(),
          tokenEntropy,
          from.routerNonFinite(),
          from.routerCosineAll(),
          from.routerCosineFfn(),
          ffnExperts,
          from.ffnExpertsSumSquares(),
          bias,
          cosine,
          from.top1Churn(),
          from.ffnSumVariance(),
          from.gammaEmpirical());
    }
  }

  private static StepTelemetry copy(
      StepTelemetry t,
      ObservationKey key,
      int worldSize,
      Losses losses,
      Double gradientNorm,
      double stepTimeMillis,
      List<MoeLayerTelemetry> layers) {
    return new StepTelemetry(
        key,
        worldSize,
        t.wallTime(),
        stepTimeMillis,
        t.telemetryTimeMillis(),
        t.tokens(),
        losses,
        gradientNorm,
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
