package io.evenkeel.writer.store;

import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * A step's signals and their parts. A part that a step names twice, which the contract does not
 * forbid, is taken once: the first.
 */
final class SignalRows {

  private record KnobKey(int knobId, int scopeId) {}

  private record SiteKey(int layer, ActivationSite site) {}

  private SignalRows() {}

  static void add(Rows rows, Collection<StepSignals> signals) {
    for (StepSignals step : signals) {
      int runId = rows.run(step.key().run());
      rows.seenStep(runId, step.key().incarnation(), step.key().step());
      addStep(rows, runId, step);
      addLayers(rows, runId, step);
      addActivations(rows, runId, step);
      addTensors(rows, runId, step);
      addKnobs(rows, runId, step);
      addScalars(rows, runId, step);
    }
  }

  private static CopyBuffer begin(Rows rows, Staging staging, int runId, StepSignals step) {
    return rows.row(staging)
        .putInt(runId)
        .putInt(step.key().incarnation())
        .putLong(step.key().step());
  }

  private static void addStep(Rows rows, int runId, StepSignals step) {
    begin(rows, Staging.STEP, runId, step)
        .putInt(step.ranksSeen())
        .putInt(step.worldSize())
        .putTime(step.wallTime())
        .putTime(step.emitted())
        .putLong(step.tokens())
        .putDouble(step.losses().languageModel())
        .putDouble(step.losses().loadBalance())
        .putDouble(step.losses().hiddenZ())
        .putDouble(step.losses().total())
        .putDouble(step.gradientNorm())
        .putDouble(step.clipCoefficient())
        .putDouble(step.stepTimeMillis())
        .putDouble(step.telemetryTimeMillis())
        .putDouble(step.gradientNormRatioMax())
        .putDouble(step.gradientNormRatioMean())
        .putDouble(step.logitGradientRatioMax())
        .putDouble(step.epsilonOverRmsMax())
        .putDouble(step.belowEpsilonShare())
        .putDouble(step.lossSpikeScore())
        .putDouble(step.gradientNormSpikeScore())
        .putDouble(step.stragglerSkew())
        .putLong(step.nonFinite())
        .putLong(step.lastCommand().epoch())
        .putLong(step.lastCommand().sequence())
        .putLong(step.lateParts())
        .putLong(step.droppedBefore());
  }

  private static void addLayers(Rows rows, int runId, StepSignals step) {
    Set<Integer> seen = new HashSet<>();
    for (LayerSignals layer : step.layers()) {
      if (seen.add(layer.layer())) {
        addLayer(begin(rows, Staging.LAYER_STEP, runId, step), layer);
      }
    }
  }

  private static void addLayer(CopyBuffer row, LayerSignals layer) {
    row.putInt(layer.layer())
        .putDouble(layer.gradientNormRatio())
        .putDouble(layer.lmGradientNorm())
        .putDouble(layer.lbGradientNorm())
        .putDouble(layer.logitGradientRatio())
        .putShort(number(layer.gradientMethod()))
        .putDouble(layer.routerCosineAll())
        .putDouble(layer.routerCosineFfn())
        .putReals(layer.load())
        .putReals(layer.probabilities())
        .putReals(layer.selectionBias())
        .putDouble(layer.loadBalanceLoss())
        .putDouble(layer.maxViolation())
        .putDouble(layer.coefficientOfVariation())
        .putInt(layer.deadExperts())
        .putDouble(layer.entropyOfMean())
        .putDouble(layer.entropyOfMeanNormalised())
        .putDouble(layer.tokenEntropyMean())
        .putDouble(layer.tokenEntropyNormalised())
        .putDouble(layer.softMutualInformation())
        .putDouble(layer.ffnExpertsMean())
        .putDouble(layer.ffnExpertsStd())
        .putDouble(layer.ffnExpertsRelativeError())
        .putDouble(layer.ffnExpertsTarget())
        .putInt(layer.ffnExperts())
        .putDouble(layer.zeroShare())
        .putDouble(layer.routerZ())
        .putDouble(layer.routerLogitMaxAbs())
        .putDouble(layer.expertOutputCosine())
        .putDouble(layer.top1Churn())
        .putDouble(layer.ffnSumVariance())
        .putDouble(layer.gammaEmpirical());
  }

  private static void addActivations(Rows rows, int runId, StepSignals step) {
    Set<SiteKey> seen = new HashSet<>();
    for (ActivationSignals activation : step.activations()) {
      if (seen.add(new SiteKey(activation.layer(), activation.site()))) {
        begin(rows, Staging.ACTIVATION_STEP, runId, step)
            .putInt(activation.layer())
            .putShort(number(activation.site()))
            .putDouble(activation.maxAbs())
            .putDouble(activation.mean())
            .putDouble(activation.std())
            .putDouble(activation.rms())
            .putDouble(activation.kurtosis())
            .putDouble(activation.aboveThresholdShare())
            .putLong(activation.nonFinite());
      }
    }
  }

  private static void addTensors(Rows rows, int runId, StepSignals step) {
    Set<Integer> seen = new HashSet<>();
    for (TensorSignals tensor : step.tensors()) {
      int tensorId = rows.name(tensor.name());
      if (seen.add(tensorId)) {
        begin(rows, Staging.TENSOR_STEP, runId, step)
            .putInt(tensorId)
            .putDouble(tensor.gradientRms())
            .putDouble(tensor.epsilonOverRms())
            .putDouble(tensor.belowEpsilonShare())
            .putDouble(tensor.belowEpsilonNonzeroShare())
            .putLong(tensor.nonFinite())
            .putLong(tensor.elements());
      }
    }
  }

  private static void addKnobs(Rows rows, int runId, StepSignals step) {
    Set<KnobKey> seen = new HashSet<>();
    for (KnobValue knob : step.knobs()) {
      KnobKey key = new KnobKey(rows.name(knob.knob()), rows.name(knob.scope()));
      if (seen.add(key)) {
        begin(rows, Staging.KNOB_STEP, runId, step)
            .putInt(key.knobId())
            .putInt(key.scopeId())
            .putDouble(knob.value());
      }
    }
  }

  private static void addScalars(Rows rows, int runId, StepSignals step) {
    step.scalars()
        .forEach(
            (name, value) ->
                begin(rows, Staging.SCALAR_STEP, runId, step)
                    .putInt(rows.name(name))
                    .putDouble(value.doubleValue()));
  }

  // The numbers are those of the wire, and stand in the views: never an ordinal.
  private static int number(ActivationSite site) {
    return switch (site) {
      case LAYER_OUT -> 1;
      case MOE_IN -> 2;
      case MOE_OUT -> 3;
    };
  }

  private static int number(GradientMethod method) {
    return switch (method) {
      case EXACT -> 1;
      case ONE_PASS -> 2;
    };
  }
}
