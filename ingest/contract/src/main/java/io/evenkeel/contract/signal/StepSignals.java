package io.evenkeel.contract.signal;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.StepKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What analytics derived for a step, all ranks merged.
 *
 * @param key run, incarnation, step
 * @param ranksSeen ranks merged
 * @param worldSize ranks expected
 * @param wallTime latest wall time among the ranks
 * @param emitted when analytics emitted this
 * @param tokens tokens of all ranks seen
 * @param losses token-weighted means
 * @param gradientNorm before clipping
 * @param clipCoefficient clip coefficient
 * @param layers ascending by layer
 * @param activations ascending by layer, then site
 * @param tensors in the trainer's order
 * @param gradientNormRatioMax largest R_g over layers
 * @param gradientNormRatioMean mean R_g over layers
 * @param logitGradientRatioMax largest R_z over layers
 * @param epsilonOverRmsMax largest over tensors
 * @param belowEpsilonShare over all entries of all tensors
 * @param lossSpikeScore robust score of L_LM against the window before; null while it fills
 * @param gradientNormSpikeScore the same of the gradient norm
 * @param stepTimeMillis slowest rank's step time
 * @param telemetryTimeMillis largest telemetry time
 * @param stragglerSkew slowest over median step time, minus 1
 * @param nonFinite NaN or infinite entries over losses, gradients, activations, router
 * @param knobs knobs in force
 * @param lastCommand last command applied by all ranks
 * @param scalars free user scalars
 * @param lateParts parts that came too late for their step, so far
 * @param droppedBefore observations dropped by the senders so far
 * @param slowestRank the rank with the largest step time; null when fewer than two tell theirs
 * @param lowestMissingRank the lowest rank that the step was merged without; null when all are in
 */
public record StepSignals(
    StepKey key,
    int ranksSeen,
    int worldSize,
    Instant wallTime,
    Instant emitted,
    long tokens,
    Losses losses,
    @Nullable Double gradientNorm,
    @Nullable Double clipCoefficient,
    List<LayerSignals> layers,
    List<ActivationSignals> activations,
    List<TensorSignals> tensors,
    @Nullable Double gradientNormRatioMax,
    @Nullable Double gradientNormRatioMean,
    @Nullable Double logitGradientRatioMax,
    @Nullable Double epsilonOverRmsMax,
    @Nullable Double belowEpsilonShare,
    @Nullable Double lossSpikeScore,
    @Nullable Double gradientNormSpikeScore,
    double stepTimeMillis,
    double telemetryTimeMillis,
    double stragglerSkew,
    long nonFinite,
    List<KnobValue> knobs,
    CommandPosition lastCommand,
    Map<String, Double> scalars,
    long lateParts,
    long droppedBefore,
    @Nullable Integer slowestRank,
    @Nullable Integer lowestMissingRank) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public StepSignals {
    Objects.requireNonNull(key, "key");
    Check.notNegative("ranksSeen", ranksSeen);
    Check.notNegative("worldSize", worldSize);
    wallTime = Check.instant("wallTime", wallTime);
    emitted = Check.instant("emitted", emitted);
    Check.notNegative("tokens", tokens);
    Objects.requireNonNull(losses, "losses");
    layers = Check.list("layers", layers);
    activations = Check.list("activations", activations);
    tensors = Check.list("tensors", tensors);
    Check.notNegative("nonFinite", nonFinite);
    knobs = Check.list("knobs", knobs);
    Objects.requireNonNull(lastCommand, "lastCommand");
    scalars = Check.map("scalars", scalars);
    Check.notNegative("lateParts", lateParts);
    Check.notNegative("droppedBefore", droppedBefore);
    Check.that(ranksSeen >= 1 && ranksSeen <= worldSize, "ranksSeen must lie in [1, worldSize]");
    Check.that(isRank(slowestRank, worldSize), "slowestRank must lie in [0, worldSize)");
    Check.that(
        isRank(lowestMissingRank, worldSize), "lowestMissingRank must lie in [0, worldSize)");
  }

  /** Signals that tell of no rank. */
  public StepSignals(
      StepKey key,
      int ranksSeen,
      int worldSize,
      Instant wallTime,
      Instant emitted,
      long tokens,
      Losses losses,
      @Nullable Double gradientNorm,
      @Nullable Double clipCoefficient,
      List<LayerSignals> layers,
      List<ActivationSignals> activations,
      List<TensorSignals> tensors,
      @Nullable Double gradientNormRatioMax,
      @Nullable Double gradientNormRatioMean,
      @Nullable Double logitGradientRatioMax,
      @Nullable Double epsilonOverRmsMax,
      @Nullable Double belowEpsilonShare,
      @Nullable Double lossSpikeScore,
      @Nullable Double gradientNormSpikeScore,
      double stepTimeMillis,
      double telemetryTimeMillis,
      double stragglerSkew,
      long nonFinite,
      List<KnobValue> knobs,
      CommandPosition lastCommand,
      Map<String, Double> scalars,
      long lateParts,
      long droppedBefore) {
    this(
        key,
        ranksSeen,
        worldSize,
        wallTime,
        emitted,
        tokens,
        losses,
        gradientNorm,
        clipCoefficient,
        layers,
        activations,
        tensors,
        gradientNormRatioMax,
        gradientNormRatioMean,
        logitGradientRatioMax,
        epsilonOverRmsMax,
        belowEpsilonShare,
        lossSpikeScore,
        gradientNormSpikeScore,
        stepTimeMillis,
        telemetryTimeMillis,
        stragglerSkew,
        nonFinite,
        knobs,
        lastCommand,
        scalars,
        lateParts,
        droppedBefore,
        null,
        null);
  }

  private static boolean isRank(@Nullable Integer rank, int worldSize) {
    return rank == null || (rank >= 0 && rank < worldSize);
  }
}
