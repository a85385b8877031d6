package io.evenkeel.contract.wire;

import io.evenkeel.contract.command.CommandPosition;
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
import io.evenkeel.contract.wire.proto.Proto;
import org.jspecify.annotations.Nullable;

/** Translates the records of {@code contract.telemetry} to and from the wire. */
final class TelemetryWire {

  private TelemetryWire() {}

  static Proto.Losses toWire(Losses value) {
    Proto.Losses.Builder builder = Proto.Losses.newBuilder();
    if (value.languageModel() != null) {
      builder.setLanguageModel(value.languageModel());
    }
    if (value.loadBalance() != null) {
      builder.setLoadBalance(value.loadBalance());
    }
    if (value.hiddenZ() != null) {
      builder.setHiddenZ(value.hiddenZ());
    }
    if (value.total() != null) {
      builder.setTotal(value.total());
    }
    return builder.build();
  }

  static Losses fromWire(Proto.Losses wire) {
    return new Losses(
        wire.hasLanguageModel() ? (@Nullable Double) wire.getLanguageModel() : null,
        wire.hasLoadBalance() ? (@Nullable Double) wire.getLoadBalance() : null,
        wire.hasHiddenZ() ? (@Nullable Double) wire.getHiddenZ() : null,
        wire.hasTotal() ? (@Nullable Double) wire.getTotal() : null);
  }

  static Proto.TensorTelemetry toWire(TensorTelemetry value) {
    Proto.TensorTelemetry.Builder builder = Proto.TensorTelemetry.newBuilder();
    builder.setName(value.name());
    builder.setElements(value.elements());
    builder.setSumSquares(value.sumSquares());
    builder.setNonFinite(value.nonFinite());
    builder.setBelowEpsilon(value.belowEpsilon());
    builder.setBelowEpsilonNonzero(value.belowEpsilonNonzero());
    return builder.build();
  }

  static TensorTelemetry fromWire(Proto.TensorTelemetry wire) {
    return new TensorTelemetry(
        wire.getName(),
        wire.getElements(),
        wire.getSumSquares(),
        wire.getNonFinite(),
        wire.getBelowEpsilon(),
        wire.getBelowEpsilonNonzero());
  }

  static Proto.MoeShape toWire(MoeShape value) {
    Proto.MoeShape.Builder builder = Proto.MoeShape.newBuilder();
    builder.setLayers(value.layers());
    builder.setFfnExperts(value.ffnExperts());
    builder.setZeroExperts(value.zeroExperts());
    builder.setTopK(value.topK());
    builder.setFfnExpertsTarget(value.ffnExpertsTarget());
    builder.setGroups(value.groups());
    return builder.build();
  }

  static MoeShape fromWire(Proto.MoeShape wire) {
    return new MoeShape(
        wire.getLayers(),
        wire.getFfnExperts(),
        wire.getZeroExperts(),
        wire.getTopK(),
        wire.getFfnExpertsTarget(),
        wire.getGroups());
  }

  static Proto.MoeLayerTelemetry toWire(MoeLayerTelemetry value) {
    Proto.MoeLayerTelemetry.Builder builder = Proto.MoeLayerTelemetry.newBuilder();
    builder.setLayer(value.layer());
    builder.setLoadBalanceCoefficient(value.loadBalanceCoefficient());
    if (value.loadBalanceLoss() != null) {
      builder.setLoadBalanceLoss(value.loadBalanceLoss());
    }
    value.load().forEach(builder::addLoad);
    value.probabilitySums().forEach(builder::addProbabilitySums);
    value.lmGradP().forEach(builder::addLmGradP);
    value.lbGradP().forEach(builder::addLbGradP);
    builder.setGradientMethod(
        Proto.GradientMethod.valueOf("GRADIENT_METHOD_" + value.gradientMethod().name()));
    if (value.lmGradZSumSquares() != null) {
      builder.setLmGradZSumSquares(value.lmGradZSumSquares());
    }
    if (value.lbGradZSumSquares() != null) {
      builder.setLbGradZSumSquares(value.lbGradZSumSquares());
    }
    builder.setRouterZSum(value.routerZSum());
    builder.setRouterLogitMaxAbs(value.routerLogitMaxAbs());
    builder.setTokenEntropySum(value.tokenEntropySum());
    builder.setRouterNonFinite(value.routerNonFinite());
    if (value.routerCosineAll() != null) {
      builder.setRouterCosineAll(value.routerCosineAll());
    }
    if (value.routerCosineFfn() != null) {
      builder.setRouterCosineFfn(value.routerCosineFfn());
    }
    builder.setFfnExpertsSum(value.ffnExpertsSum());
    builder.setFfnExpertsSumSquares(value.ffnExpertsSumSquares());
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
    return builder.build();
  }

  static MoeLayerTelemetry fromWire(Proto.MoeLayerTelemetry wire) {
    return new MoeLayerTelemetry(
        wire.getLayer(),
        wire.getLoadBalanceCoefficient(),
        wire.hasLoadBalanceLoss() ? (@Nullable Double) wire.getLoadBalanceLoss() : null,
        ExpertLoads.copyOf(wire.getLoadList()),
        ExpertVector.copyOf(wire.getProbabilitySumsList()),
        ExpertVector.copyOf(wire.getLmGradPList()),
        ExpertVector.copyOf(wire.getLbGradPList()),
        Wires.enumeration(GradientMethod.class, "GRADIENT_METHOD_", wire.getGradientMethod()),
        wire.hasLmGradZSumSquares() ? (@Nullable Double) wire.getLmGradZSumSquares() : null,
        wire.hasLbGradZSumSquares() ? (@Nullable Double) wire.getLbGradZSumSquares() : null,
        wire.getRouterZSum(),
        wire.getRouterLogitMaxAbs(),
        wire.getTokenEntropySum(),
        wire.getRouterNonFinite(),
        wire.hasRouterCosineAll() ? (@Nullable Double) wire.getRouterCosineAll() : null,
        wire.hasRouterCosineFfn() ? (@Nullable Double) wire.getRouterCosineFfn() : null,
        wire.getFfnExpertsSum(),
        wire.getFfnExpertsSumSquares(),
        ExpertVector.copyOf(wire.getSelectionBiasList()),
        wire.hasExpertOutputCosine() ? (@Nullable Double) wire.getExpertOutputCosine() : null,
        wire.hasTop1Churn() ? (@Nullable Double) wire.getTop1Churn() : null,
        wire.hasFfnSumVariance() ? (@Nullable Double) wire.getFfnSumVariance() : null,
        wire.hasGammaEmpirical() ? (@Nullable Double) wire.getGammaEmpirical() : null);
  }

  static Proto.ActivationSums toWire(ActivationSums value) {
    Proto.ActivationSums.Builder builder = Proto.ActivationSums.newBuilder();
    builder.setLayer(value.layer());
    builder.setSite(Proto.ActivationSite.valueOf("ACTIVATION_SITE_" + value.site().name()));
    builder.setCount(value.count());
    builder.setSum(value.sum());
    builder.setSumSquares(value.sumSquares());
    builder.setSumCubes(value.sumCubes());
    builder.setSumFourths(value.sumFourths());
    builder.setMaxAbs(value.maxAbs());
    builder.setAboveThreshold(value.aboveThreshold());
    builder.setThreshold(value.threshold());
    builder.setNonFinite(value.nonFinite());
    return builder.build();
  }

  static ActivationSums fromWire(Proto.ActivationSums wire) {
    return new ActivationSums(
        wire.getLayer(),
        Wires.enumeration(ActivationSite.class, "ACTIVATION_SITE_", wire.getSite()),
        wire.getCount(),
        wire.getSum(),
        wire.getSumSquares(),
        wire.getSumCubes(),
        wire.getSumFourths(),
        wire.getMaxAbs(),
        wire.getAboveThreshold(),
        wire.getThreshold(),
        wire.getNonFinite());
  }

  static Proto.KnobValue toWire(KnobValue value) {
    Proto.KnobValue.Builder builder = Proto.KnobValue.newBuilder();
    builder.setKnob(value.knob());
    builder.setScope(value.scope());
    builder.setValue(value.value());
    return builder.build();
  }

  static KnobValue fromWire(Proto.KnobValue wire) {
    return new KnobValue(wire.getKnob(), wire.getScope(), wire.getValue());
  }

  static Proto.StepTelemetry toWire(StepTelemetry value) {
    Proto.StepTelemetry.Builder builder = Proto.StepTelemetry.newBuilder();
    builder.setSchemaVersion(Codecs.SCHEMA_VERSION);
    builder
        .setRun(value.key().run())
        .setIncarnation(value.key().incarnation())
        .setStep(value.key().step())
        .setRank(value.key().rank());
    builder.setWorldSize(value.worldSize());
    builder.setWallTimeMicros(Wires.micros(value.wallTime()));
    builder.setStepTimeMillis(value.stepTimeMillis());
    builder.setTelemetryTimeMillis(value.telemetryTimeMillis());
    builder.setTokens(value.tokens());
    builder.setLosses(toWire(value.losses()));
    if (value.gradientNorm() != null) {
      builder.setGradientNorm(value.gradientNorm());
    }
    if (value.clipCoefficient() != null) {
      builder.setClipCoefficient(value.clipCoefficient());
    }
    builder.setTensorPlacement(
        Proto.Placement.valueOf("PLACEMENT_" + value.tensorPlacement().name()));
    value.tensors().forEach(item -> builder.addTensors(toWire(item)));
    if (value.moeShape() != null) {
      builder.setMoeShape(toWire(value.moeShape()));
    }
    value.moeLayers().forEach(item -> builder.addMoeLayers(toWire(item)));
    value.activations().forEach(item -> builder.addActivations(toWire(item)));
    value.knobs().forEach(item -> builder.addKnobs(toWire(item)));
    builder
        .setLastCommandEpoch(value.lastCommand().epoch())
        .setLastCommandSequence(value.lastCommand().sequence());
    builder.putAllScalars(value.scalars());
    builder.setDroppedBefore(value.droppedBefore());
    return builder.build();
  }

  static StepTelemetry fromWire(Proto.StepTelemetry wire) {
    Wires.requireVersion(wire.getSchemaVersion());
    return new StepTelemetry(
        new ObservationKey(wire.getRun(), wire.getIncarnation(), wire.getStep(), wire.getRank()),
        wire.getWorldSize(),
        Wires.instant(wire.getWallTimeMicros()),
        wire.getStepTimeMillis(),
        wire.getTelemetryTimeMillis(),
        wire.getTokens(),
        fromWire(wire.getLosses()),
        wire.hasGradientNorm() ? (@Nullable Double) wire.getGradientNorm() : null,
        wire.hasClipCoefficient() ? (@Nullable Double) wire.getClipCoefficient() : null,
        Wires.enumeration(Placement.class, "PLACEMENT_", wire.getTensorPlacement()),
        wire.getTensorsList().stream().map(TelemetryWire::fromWire).toList(),
        wire.hasMoeShape() ? fromWire(wire.getMoeShape()) : null,
        wire.getMoeLayersList().stream().map(TelemetryWire::fromWire).toList(),
        wire.getActivationsList().stream().map(TelemetryWire::fromWire).toList(),
        wire.getKnobsList().stream().map(TelemetryWire::fromWire).toList(),
        new CommandPosition(wire.getLastCommandEpoch(), wire.getLastCommandSequence()),
        wire.getScalarsMap(),
        wire.getDroppedBefore());
  }
}
