package io.evenkeel.contract.wire;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.contract.wire.proto.Proto;
import org.jspecify.annotations.Nullable;

/** Translates the records of {@code contract.signal} to and from the wire. */
final class SignalWire {

  private SignalWire() {}

  static Proto.LayerSignals toWire(LayerSignals value) {
    Proto.LayerSignals.Builder builder = Proto.LayerSignals.newBuilder();
    builder.setLayer(value.layer());
    if (value.gradientNormRatio() != null) {
      builder.setGradientNormRatio(value.gradientNormRatio());
    }
    if (value.lmGradientNorm() != null) {
      builder.setLmGradientNorm(value.lmGradientNorm());
    }
    if (value.lbGradientNorm() != null) {
      builder.setLbGradientNorm(value.lbGradientNorm());
    }
    if (value.logitGradientRatio() != null) {
      builder.setLogitGradientRatio(value.logitGradientRatio());
    }
    builder.setGradientMethod(
        Proto.GradientMethod.valueOf("GRADIENT_METHOD_" + value.gradientMethod().name()));
    if (value.routerCosineAll() != null) {
      builder.setRouterCosineAll(value.routerCosineAll());
    }
    if (value.routerCosineFfn() != null) {
      builder.setRouterCosineFfn(value.routerCosineFfn());
    }
    value.load().forEach(builder::addLoad);
    value.probabilities().forEach(builder::addProbabilities);
    if (value.loadBalanceLoss() != null) {
      builder.setLoadBalanceLoss(value.loadBalanceLoss());
    }
    builder.setMaxViolation(value.maxViolation());
    builder.setCoefficientOfVariation(value.coefficientOfVariation());
    builder.setDeadExperts(value.deadExperts());
    builder.setEntropyOfMean(value.entropyOfMean());
    builder.setEntropyOfMeanNormalised(value.entropyOfMeanNormalised());
    builder.setTokenEntropyMean(value.tokenEntropyMean());
    builder.setTokenEntropyNormalised(value.tokenEntropyNormalised());
    builder.setSoftMutualInformation(value.softMutualInformation());
    builder.setFfnExpertsMean(value.ffnExpertsMean());
    builder.setFfnExpertsStd(value.ffnExpertsStd());
    builder.setFfnExpertsRelativeError(value.ffnExpertsRelativeError());
    builder.setZeroShare(value.zeroShare());
    builder.setRouterZ(value.routerZ());
    builder.setRouterLogitMaxAbs(value.routerLogitMaxAbs());
    value.selectionBias().forEach(builder::addSelectionBias);
    if (value.expertOutputCosine() != null) {
      builder.setExpertOutputCosine(value.expertOutputCosine());
    }
    if (value.top1Churn() != null) {
      builder.setTop1Churn(value.top1Churn());
    }
    if (value.ffnSumVariance() != null) {
      builder.setFfnSumVariance(value.ffnSumVariance());
    }
    if (value.gammaEmpirical() != null) {
      builder.setGammaEmpirical(value.gammaEmpirical());
    }
    builder.setFfnExpertsTarget(value.ffnExpertsTarget());
    builder.setFfnExperts(value.ffnExperts());
    return builder.build();
  }

  static LayerSignals fromWire(Proto.LayerSignals wire) {
    return new LayerSignals(
        wire.getLayer(),
        wire.hasGradientNormRatio() ? (@Nullable Double) wire.getGradientNormRatio() : null,
        wire.hasLmGradientNorm() ? (@Nullable Double) wire.getLmGradientNorm() : null,
        wire.hasLbGradientNorm() ? (@Nullable Double) wire.getLbGradientNorm() : null,
        wire.hasLogitGradientRatio() ? (@Nullable Double) wire.getLogitGradientRatio() : null,
        Wires.enumeration(GradientMethod.class, "GRADIENT_METHOD_", wire.getGradientMethod()),
        wire.hasRouterCosineAll() ? (@Nullable Double) wire.getRouterCosineAll() : null,
        wire.hasRouterCosineFfn() ? (@Nullable Double) wire.getRouterCosineFfn() : null,
        ExpertLoads.copyOf(wire.getLoadList()),
        ExpertVector.copyOf(wire.getProbabilitiesList()),
        wire.hasLoadBalanceLoss() ? (@Nullable Double) wire.getLoadBalanceLoss() : null,
        wire.getMaxViolation(),
        wire.getCoefficientOfVariation(),
        wire.getDeadExperts(),
        wire.getEntropyOfMean(),
        wire.getEntropyOfMeanNormalised(),
        wire.getTokenEntropyMean(),
        wire.getTokenEntropyNormalised(),
        wire.getSoftMutualInformation(),
        wire.getFfnExpertsMean(),
        wire.getFfnExpertsStd(),
        wire.getFfnExpertsRelativeError(),
        wire.getZeroShare(),
        wire.getRouterZ(),
        wire.getRouterLogitMaxAbs(),
        ExpertVector.copyOf(wire.getSelectionBiasList()),
        wire.hasExpertOutputCosine() ? (@Nullable Double) wire.getExpertOutputCosine() : null,
        wire.hasTop1Churn() ? (@Nullable Double) wire.getTop1Churn() : null,
        wire.hasFfnSumVariance() ? (@Nullable Double) wire.getFfnSumVariance() : null,
        wire.hasGammaEmpirical() ? (@Nullable Double) wire.getGammaEmpirical() : null,
        wire.getFfnExpertsTarget(),
        wire.getFfnExperts());
  }

  static Proto.ActivationSignals toWire(ActivationSignals value) {
    Proto.ActivationSignals.Builder builder = Proto.ActivationSignals.newBuilder();
    builder.setLayer(value.layer());
    builder.setSite(Proto.ActivationSite.valueOf("ACTIVATION_SITE_" + value.site().name()));
    builder.setMaxAbs(value.maxAbs());
    builder.setMean(value.mean());
    builder.setStd(value.std());
    builder.setRms(value.rms());
    builder.setKurtosis(value.kurtosis());
    builder.setAboveThresholdShare(value.aboveThresholdShare());
    builder.setNonFinite(value.nonFinite());
    return builder.build();
  }

  static ActivationSignals fromWire(Proto.ActivationSignals wire) {
    return new ActivationSignals(
        wire.getLayer(),
        Wires.enumeration(ActivationSite.class, "ACTIVATION_SITE_", wire.getSite()),
        wire.getMaxAbs(),
        wire.getMean(),
        wire.getStd(),
        wire.getRms(),
        wire.getKurtosis(),
        wire.getAboveThresholdShare(),
        wire.getNonFinite());
  }

  static Proto.TensorSignals toWire(TensorSignals value) {
    Proto.TensorSignals.Builder builder = Proto.TensorSignals.newBuilder();
    builder.setName(value.name());
    builder.setGradientRms(value.gradientRms());
    if (value.epsilonOverRms() != null) {
      builder.setEpsilonOverRms(value.epsilonOverRms());
    }
    builder.setBelowEpsilonShare(value.belowEpsilonShare());
    builder.setBelowEpsilonNonzeroShare(value.belowEpsilonNonzeroShare());
    builder.setNonFinite(value.nonFinite());
    builder.setElements(value.elements());
    return builder.build();
  }

  static TensorSignals fromWire(Proto.TensorSignals wire) {
    return new TensorSignals(
        wire.getName(),
        wire.getGradientRms(),
        wire.hasEpsilonOverRms() ? (@Nullable Double) wire.getEpsilonOverRms() : null,
        wire.getBelowEpsilonShare(),
        wire.getBelowEpsilonNonzeroShare(),
        wire.getNonFinite(),
        wire.getElements());
  }

  static Proto.StepSignals toWire(StepSignals value) {
    Proto.StepSignals.Builder builder = Proto.StepSignals.newBuilder();
    builder.setSchemaVersion(Codecs.SCHEMA_VERSION);
    builder
        .setRun(value.key().run())
        .setIncarnation(value.key().incarnation())
        .setStep(value.key().step());
    builder.setRanksSeen(value.ranksSeen());
    builder.setWorldSize(value.worldSize());
    builder.setWallTimeMicros(Wires.micros(value.wallTime()));
    builder.setEmittedMicros(Wires.micros(value.emitted()));
    builder.setTokens(value.tokens());
    builder.setLosses(TelemetryWire.toWire(value.losses()));
    if (value.gradientNorm() != null) {
      builder.setGradientNorm(value.gradientNorm());
    }
    if (value.clipCoefficient() != null) {
      builder.setClipCoefficient(value.clipCoefficient());
    }
    value.layers().forEach(item -> builder.addLayers(toWire(item)));
    value.activations().forEach(item -> builder.addActivations(toWire(item)));
    value.tensors().forEach(item -> builder.addTensors(toWire(item)));
    if (value.gradientNormRatioMax() != null) {
      builder.setGradientNormRatioMax(value.gradientNormRatioMax());
    }
    if (value.gradientNormRatioMean() != null) {
      builder.setGradientNormRatioMean(value.gradientNormRatioMean());
    }
    if (value.logitGradientRatioMax() != null) {
      builder.setLogitGradientRatioMax(value.logitGradientRatioMax());
    }
    if (value.epsilonOverRmsMax() != null) {
      builder.setEpsilonOverRmsMax(value.epsilonOverRmsMax());
    }
    if (value.belowEpsilonShare() != null) {
      builder.setBelowEpsilonShare(value.belowEpsilonShare());
    }
    if (value.lossSpikeScore() != null) {
      builder.setLossSpikeScore(value.lossSpikeScore());
    }
    if (value.gradientNormSpikeScore() != null) {
      builder.setGradientNormSpikeScore(value.gradientNormSpikeScore());
    }
    builder.setStepTimeMillis(value.stepTimeMillis());
    builder.setTelemetryTimeMillis(value.telemetryTimeMillis());
    builder.setStragglerSkew(value.stragglerSkew());
    builder.setNonFinite(value.nonFinite());
    value.knobs().forEach(item -> builder.addKnobs(TelemetryWire.toWire(item)));
    builder
        .setLastCommandEpoch(value.lastCommand().epoch())
        .setLastCommandSequence(value.lastCommand().sequence());
    builder.putAllScalars(value.scalars());
    builder.setLateParts(value.lateParts());
    builder.setDroppedBefore(value.droppedBefore());
    if (value.slowestRank() != null) {
      builder.setSlowestRank(value.slowestRank());
    }
    if (value.lowestMissingRank() != null) {
      builder.setLowestMissingRank(value.lowestMissingRank());
    }
    return builder.build();
  }

  static StepSignals fromWire(Proto.StepSignals wire) {
    Wires.requireVersion(wire.getSchemaVersion());
    return new StepSignals(
        new StepKey(wire.getRun(), wire.getIncarnation(), wire.getStep()),
        wire.getRanksSeen(),
        wire.getWorldSize(),
        Wires.instant(wire.getWallTimeMicros()),
        Wires.instant(wire.getEmittedMicros()),
        wire.getTokens(),
        TelemetryWire.fromWire(wire.getLosses()),
        wire.hasGradientNorm() ? (@Nullable Double) wire.getGradientNorm() : null,
        wire.hasClipCoefficient() ? (@Nullable Double) wire.getClipCoefficient() : null,
        wire.getLayersList().stream().map(SignalWire::fromWire).toList(),
        wire.getActivationsList().stream().map(SignalWire::fromWire).toList(),
        wire.getTensorsList().stream().map(SignalWire::fromWire).toList(),
        wire.hasGradientNormRatioMax() ? (@Nullable Double) wire.getGradientNormRatioMax() : null,
        wire.hasGradientNormRatioMean() ? (@Nullable Double) wire.getGradientNormRatioMean() : null,
        wire.hasLogitGradientRatioMax() ? (@Nullable Double) wire.getLogitGradientRatioMax() : null,
        wire.hasEpsilonOverRmsMax() ? (@Nullable Double) wire.getEpsilonOverRmsMax() : null,
        wire.hasBelowEpsilonShare() ? (@Nullable Double) wire.getBelowEpsilonShare() : null,
        wire.hasLossSpikeScore() ? (@Nullable Double) wire.getLossSpikeScore() : null,
        wire.hasGradientNormSpikeScore()
            ? (@Nullable Double) wire.getGradientNormSpikeScore()
            : null,
        wire.getStepTimeMillis(),
        wire.getTelemetryTimeMillis(),
        wire.getStragglerSkew(),
        wire.getNonFinite(),
        wire.getKnobsList().stream().map(TelemetryWire::fromWire).toList(),
        new CommandPosition(wire.getLastCommandEpoch(), wire.getLastCommandSequence()),
        wire.getScalarsMap(),
        wire.getLateParts(),
        wire.getDroppedBefore(),
        wire.hasSlowestRank() ? (@Nullable Integer) wire.getSlowestRank() : null,
        wire.hasLowestMissingRank() ? (@Nullable Integer) wire.getLowestMissingRank() : null);
  }
}
