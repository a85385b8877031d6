package io.evenkeel.trainer.telemetry;

import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import io.evenkeel.trainer.layer.LayerTotals;
import io.evenkeel.trainer.layer.PowerSums;
import io.evenkeel.trainer.layer.Site;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.Transformer;
import io.evenkeel.trainer.optim.TensorCheck;
import io.evenkeel.trainer.signal.GammaAlignment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds the telemetry of one rank of a run. */
public final class TelemetryBuilder {
  private final String run;
  private final int rank;
  private final int worldSize;
  private final Transformer model;
  private final double activationThreshold;

  /**
   * For a rank of a run.
   *
   * @param rank 0 to worldSize - 1
   * @param worldSize ranks that report
   * @param model of that rank
   */
  public TelemetryBuilder(String run, int rank, int worldSize, Transformer model) {
    this.run = run;
    this.rank = rank;
    this.worldSize = worldSize;
    this.model = model;
    this.activationThreshold = model.state().config().activationThreshold();
  }

  /** The contract's shape of a model. */
  public static MoeShape shape(ModelConfig config) {
    return new MoeShape(
        config.layers(),
        config.ffnExperts(),
        config.zeroExperts(),
        config.topK(),
        config.ffnExpertsTarget(),
        config.groups());
  }

  /**
   * Everything but the times: the layers' sums must have been refreshed after the backward pass.
   */
  public Draft draft(StepFigures figures) {
    List<MoeLayerTelemetry> layers = new ArrayList<>();
    List<ActivationSums> activations = new ArrayList<>();
    for (int layer = 0; layer < model.layers().size(); layer++) {
      LayerTotals sums = model.totals(layer);
      layers.add(layer(layer, sums, figures));
      for (Site site : List.of(Site.LAYER_OUT, Site.MOE_IN, Site.MOE_OUT)) {
        activations.add(activation(layer, site, sums.activations(site)));
      }
    }
    return new Draft(figures, layers, activations, tensors(figures.tensors()));
  }

  /**
   * The contents of a step's telemetry, ready but for its times.
   *
   * @param figures of the step
   * @param layers one a layer
   * @param activations one a layer and site
   * @param tensors one a parameter tensor
   */
  public record Draft(
      StepFigures figures,
      List<MoeLayerTelemetry> layers,
      List<ActivationSums> activations,
      List<TensorTelemetry> tensors) {}

  /** Completes a draft. */
  public StepTelemetry finish(
      Draft draft, Instant wallTime, double stepTimeMillis, double telemetryTimeMillis) {
    StepFigures figures = draft.figures();
    return new StepTelemetry(
        new ObservationKey(run, figures.incarnation(), figures.step(), rank),
        worldSize,
        wallTime,
        stepTimeMillis,
        telemetryTimeMillis,
        model.totals(0).tokens(),
        new Losses(
            figures.losses().languageModel(),
            figures.losses().loadBalance(),
            figures.losses().hiddenZ(),
            figures.losses().total()),
        figures.clip().norm(),
        figures.clip().coefficient(),
        Placement.REPLICATED,
        draft.tensors(),
        shape(model.state().config()),
        draft.layers(),
        draft.activations(),
        figures.knobs(),
        figures.lastCommand(),
        figures.scalars(),
        0);
  }

  private MoeLayerTelemetry layer(int layer, LayerTotals sums, StepFigures figures) {
    double[] load = sums.load();
    long[] counts = new long[load.length];
    for (int i = 0; i < load.length; i++) {
      counts[i] = (long) load[i];
    }
    @Nullable ProbeResult probe = figures.probe().isEmpty() ? null : figures.probe().get(layer);
    return new MoeLayerTelemetry(
        layer,
        figures.objective().loadBalanceCoefficient(layer),
        sums.loadBalanceLoss(),
        ExpertLoads.of(counts),
        ExpertVector.of(sums.probabilitySums()),
        ExpertVector.of(sums.lmGradientP()),
        ExpertVector.of(sums.lbGradientP()),
        switch (figures.method()) {
          case EXACT -> GradientMethod.EXACT;
          case ONE_PASS -> GradientMethod.ONE_PASS;
        },
        sums.lmGradientZSquares(),
        sums.lbGradientZSquares(),
        sums.routerZSum(),
        sums.routerLogitMaxAbs(),
        sums.tokenEntropySum(),
        sums.routerNonFinite(),
        sums.routerCosineAll(),
        sums.routerCosineFfn(),
        sums.ffnExpertsSum(),
        sums.ffnExpertsSumSquares(),
        ExpertVector.of(sums.selectionBias()),
        probe == null ? null : probe.expertOutputCosine(),
        probe == null ? null : probe.top1Churn(),
        probe == null ? null : sums.activations(Site.FFN_SUM).variance(),
        probe == null ? null : GammaAlignment.empirical(sums));
  }

  private ActivationSums activation(int layer, Site site, PowerSums sums) {
    return new ActivationSums(
        layer,
        switch (site) {
          case LAYER_OUT -> ActivationSite.LAYER_OUT;
          case MOE_IN -> ActivationSite.MOE_IN;
          case MOE_OUT -> ActivationSite.MOE_OUT;
          case FFN_SUM, DENSE_OUT -> throw new IllegalArgumentException("not on the wire: " + site);
        },
        sums.count(),
        sums.sum(),
        sums.sumSquares(),
        sums.sumCubes(),
        sums.sumFourths(),
        sums.maxAbs(),
        sums.aboveThreshold(),
        activationThreshold,
        sums.nonFinite());
  }

  private static List<TensorTelemetry> tensors(List<TensorCheck> checks) {
    List<TensorTelemetry> tensors = new ArrayList<>(checks.size());
    for (TensorCheck check : checks) {
      tensors.add(
          new TensorTelemetry(
              check.name(),
              check.elements(),
              check.sumSquares(),
              check.nonFinite(),
              check.belowEpsilon(),
              check.belowEpsilonNonzero()));
    }
    return tensors;
  }

  /** Figures reported as knobs though nobody may command them. */
  public static List<KnobValue> withReported(
      List<KnobValue> knobs, double learningRate, double beta2) {
    List<KnobValue> all = new ArrayList<>(knobs);
    all.add(new KnobValue(Knobs.LEARNING_RATE, "", learningRate));
    all.add(new KnobValue(Knobs.ADAM_BETA2, "", beta2));
    return all;
  }
}
