package io.evenkeel.writer;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Records of the contract for tests. */
public final class Samples {

  /** A moment. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Samples() {}

  /** A run's declaration with another first step and status. */
  public static RunSpec declaration(RunSpec spec, RunStatus status, long firstStep) {
    return new RunSpec(
        spec.run(),
        spec.incarnation(),
        spec.name(),
        status,
        spec.started(),
        status == RunStatus.RUNNING ? null : spec.started().plusSeconds(60),
        spec.worldSize(),
        firstStep,
        spec.plannedSteps(),
        spec.model(),
        spec.optimizer(),
        spec.moeShape(),
        spec.knobs(),
        spec.actions(),
        spec.leaseMillis(),
        spec.labels());
  }

  /** The same observation from a sender that has dropped some. */
  public static StepTelemetry dropped(StepTelemetry telemetry, long droppedBefore) {
    return new StepTelemetry(
        telemetry.key(),
        telemetry.worldSize(),
        telemetry.wallTime(),
        telemetry.stepTimeMillis(),
        telemetry.telemetryTimeMillis(),
        telemetry.tokens(),
        telemetry.losses(),
        telemetry.gradientNorm(),
        telemetry.clipCoefficient(),
        telemetry.tensorPlacement(),
        telemetry.tensors(),
        telemetry.moeShape(),
        telemetry.moeLayers(),
        telemetry.activations(),
        telemetry.knobs(),
        telemetry.lastCommand(),
        telemetry.scalars(),
        droppedBefore);
  }

  /** The same content as another observation. */
  public static StepTelemetry observation(
      StepTelemetry base, ObservationKey key, Instant wallTime, Losses losses) {
    return new StepTelemetry(
        key,
        base.worldSize(),
        wallTime,
        base.stepTimeMillis(),
        base.telemetryTimeMillis(),
        base.tokens(),
        losses,
        base.gradientNorm(),
        base.clipCoefficient(),
        base.tensorPlacement(),
        base.tensors(),
        base.moeShape(),
        base.moeLayers(),
        base.activations(),
        base.knobs(),
        base.lastCommand(),
        base.scalars(),
        base.droppedBefore());
  }

  /** The same content for another step, at another time, of other layers. */
  public static StepSignals signals(
      StepSignals base, StepKey key, Instant wallTime, List<LayerSignals> layers) {
    return new StepSignals(
        key,
        base.ranksSeen(),
        base.worldSize(),
        wallTime,
        wallTime,
        base.tokens(),
        base.losses(),
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
        base.scalars(),
        base.lateParts(),
        base.droppedBefore());
  }

  /** The same layer with a vector of loads of {@code experts} ones, and no other vectors. */
  public static LayerSignals wide(LayerSignals base, int experts) {
    long[] load = new long[experts];
    Arrays.fill(load, 1);
    return new LayerSignals(
        base.layer(),
        base.gradientNormRatio(),
        base.lmGradientNorm(),
        base.lbGradientNorm(),
        base.logitGradientRatio(),
        base.gradientMethod(),
        base.routerCosineAll(),
        base.routerCosineFfn(),
        ExpertLoads.of(load),
        ExpertVector.EMPTY,
        base.loadBalanceLoss(),
        base.maxViolation(),
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
        ExpertVector.EMPTY,
        base.expertOutputCosine(),
        base.top1Churn(),
        base.ffnSumVariance(),
        base.gammaEmpirical(),
        base.ffnExpertsTarget(),
        base.ffnExperts());
  }

  /** An event of an incident that began at step 10. */
  public static AlertEvent alert(String run, String alertId, AlertState state, long step) {
    return new AlertEvent(
        alertId,
        run,
        0,
        "gradient-norm-ratio",
        "layers/1",
        state,
        state == AlertState.PENDING ? Severity.WARNING : Severity.CRITICAL,
        10,
        step,
        0.25 + step,
        0.1,
        "R_g is " + state,
        Map.of("team", "tests"),
        START.plusSeconds(step),
        START.plusSeconds(step).plusMillis(7));
  }

  /** A command that expires in a hundred years. */
  public static Command command(String run, long sequence, CommandBody body) {
    return new Command(
        run,
        0,
        new CommandPosition(1, sequence),
        START,
        START.plus(Duration.ofDays(36_500)),
        12,
        body,
        "gradient-norm-ratio",
        "R_g is too high");
  }

  /** An acknowledgement. */
  public static CommandAck ack(String run, long sequence, AckStatus status) {
    boolean applied = status == AckStatus.APPLIED;
    return new CommandAck(
        run,
        0,
        new CommandPosition(1, sequence),
        status,
        14,
        "load_balance.alpha",
        "",
        applied ? 0.001 : null,
        applied ? 0.0005 : null,
        applied ? "" : "EVK-COMMAND-SEQUENCE",
        applied ? "" : "seen before",
        START.plusSeconds(2));
  }

  /** A decision with evidence that is not all finite. */
  public static AuditEntry audit(String run, String auditId) {
    return new AuditEntry(
        auditId,
        run,
        0,
        12,
        START,
        "gradient-norm-ratio",
        Decision.ACTED,
        Mode.AUTO,
        "load_balance.alpha",
        "",
        0.001,
        0.0005,
        "R_g is too high",
        "",
        Map.of("ratio", Double.POSITIVE_INFINITY, "loss", Double.NaN, "threshold", 0.1),
        new CommandPosition(1, 1));
  }
}
