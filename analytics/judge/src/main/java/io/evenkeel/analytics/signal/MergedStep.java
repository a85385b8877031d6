package io.evenkeel.analytics.signal;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.StepKey;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step with its ranks' parts added up, before any norm or ratio.
 *
 * @param key run, incarnation, step
 * @param ranksSeen ranks added up
 * @param worldSize ranks expected
 * @param wallTime latest wall time
 * @param tokens tokens of the ranks seen
 * @param losses token-weighted means
 * @param gradientNorm of the lowest rank that reports it: the norm is global
 * @param clipCoefficient of the lowest rank that reports it
 * @param shape of the lowest rank that reports one
 * @param layers ascending by layer
 * @param activations ascending by layer, then site
 * @param tensors in the lowest rank's order
 * @param stepTimeMillis slowest rank's
 * @param telemetryTimeMillis largest
 * @param stragglerSkew slowest over median step time, minus 1
 * @param nonFinite NaN or infinite entries
 * @param knobs of the lowest rank
 * @param lastCommand oldest among the ranks: applied by all
 * @param scalars mean over the ranks that report each
 * @param droppedBefore sum over ranks
 * @param slowestRank the lowest of those with the largest step time; null if fewer than two tell
 * @param lowestMissingRank null if none is missing
 */
record MergedStep(
    StepKey key,
    int ranksSeen,
    int worldSize,
    Instant wallTime,
    long tokens,
    Losses losses,
    @Nullable Double gradientNorm,
    @Nullable Double clipCoefficient,
    @Nullable MoeShape shape,
    List<MergedLayer> layers,
    List<ActivationSums> activations,
    List<TensorTelemetry> tensors,
    double stepTimeMillis,
    double telemetryTimeMillis,
    double stragglerSkew,
    long nonFinite,
    List<KnobValue> knobs,
    CommandPosition lastCommand,
    Map<String, Double> scalars,
    long droppedBefore,
    @Nullable Integer slowestRank,
    @Nullable Integer lowestMissingRank) {}
