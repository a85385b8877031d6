package io.evenkeel.analytics.signal;

import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** From the ranks' parts of a step to its signals (FORMULAS sections 4 to 6). */
public final class SignalMath {

  private SignalMath() {}

  /**
   * The signals of a step.
   *
   * @param parts at least one part, all of one run, incarnation and step, in any order; of two
   *     parts of a rank the first counts
   * @param history losses and gradient norms of the steps before
   * @param lateParts parts that came too late for their step, so far
   * @param emitted when
   * @throws IllegalArgumentException if there is no part, or keys differ
   */
  public static StepSignals signals(
      Collection<StepTelemetry> parts, SpikeHistory history, long lateParts, Instant emitted) {
    return signals(RankMerge.merge(parts), history, lateParts, emitted);
  }

  /**
   * The signals of a step whose ranks have been added up.
   *
   * @param sum the ranks
   * @param history losses and gradient norms of the steps before
   * @param lateParts parts that came too late for their step, so far
   * @param emitted when
   * @throws IllegalArgumentException if the sums are not those of a step
   */
  public static StepSignals signals(
      StepSum sum, SpikeHistory history, long lateParts, Instant emitted) {
    return signals(sum.merged(), history, lateParts, emitted);
  }

  private static StepSignals signals(
      MergedStep step, SpikeHistory history, long lateParts, Instant emitted) {
    List<LayerSignals> layers =
        step.layers().stream().map(layer -> LayerMath.signals(layer, step.shape())).toList();
    Double epsilon = epsilon(step.knobs());
    List<TensorSignals> tensors =
        step.tensors().stream().map(tensor -> tensor(tensor, epsilon)).toList();
    return new StepSignals(
        step.key(),
        step.ranksSeen(),
        step.worldSize(),
        step.wallTime(),
        emitted,
        step.tokens(),
        step.losses(),
        step.gradientNorm(),
        step.clipCoefficient(),
        layers,
        step.activations().stream().map(SignalMath::activation).toList(),
        tensors,
        largest(layers.stream().map(LayerSignals::gradientNormRatio)),
        mean(layers),
        largest(layers.stream().map(LayerSignals::logitGradientRatio)),
        largest(tensors.stream().map(TensorSignals::epsilonOverRms)),
        belowEpsilonShare(step.tensors()),
        SpikeScore.of(step.losses().languageModel(), history.losses()),
        SpikeScore.of(step.gradientNorm(), history.gradientNorms()),
        step.stepTimeMillis(),
        step.telemetryTimeMillis(),
        step.stragglerSkew(),
        step.nonFinite(),
        step.knobs(),
        step.lastCommand(),
        step.scalars(),
        lateParts,
        step.droppedBefore(),
        step.slowestRank(),
        step.lowestMissingRank());
  }

  /**
   * Moments from power sums. The central fourth moment is m4 - 4 mean m3 + 6 mean^2 m2 - 3 mean^4:
   * its relative error grows as (mean/std)^4 times the rounding unit, so a kurtosis means something
   * while |mean| is below some 1,000 standard deviations.
   */
  static ActivationSignals activation(ActivationSums sums) {
    double n = sums.count();
    double mean = sums.sum() / n;
    double square = sums.sumSquares() / n;
    double variance = Math.max(0, square - mean * mean);
    double fourth =
        sums.sumFourths() / n
            - 4 * mean * (sums.sumCubes() / n)
            + 6 * mean * mean * square
            - 3 * mean * mean * mean * mean;
    // Below this the variance is rounding of the two terms above, and the ratio would be noise.
    double resolvable = 1e-13 * square;
    double kurtosis = variance > resolvable ? fourth / (variance * variance) : Double.NaN;
    return new ActivationSignals(
        sums.layer(),
        sums.site(),
        sums.maxAbs(),
        mean,
        Math.sqrt(variance),
        Math.sqrt(square),
        kurtosis,
        sums.aboveThreshold() / n,
        sums.nonFinite());
  }

  /** Epsilon against the RMS of the clipped gradient (FORMULAS section 6). */
  static TensorSignals tensor(TensorTelemetry tensor, @Nullable Double epsilon) {
    // The sum of squares runs over the finite entries alone.
    long finite = tensor.elements() - tensor.nonFinite();
    double rms = finite == 0 ? Double.NaN : Math.sqrt(tensor.sumSquares() / finite);
    return new TensorSignals(
        tensor.name(),
        rms,
        epsilon == null || rms == 0 ? null : Double.valueOf(epsilon / rms),
        (double) tensor.belowEpsilon() / tensor.elements(),
        (double) tensor.belowEpsilonNonzero() / tensor.elements(),
        tensor.nonFinite(),
        tensor.elements());
  }

  private static @Nullable Double belowEpsilonShare(List<TensorTelemetry> tensors) {
    if (tensors.isEmpty()) {
      return null;
    }
    double below = 0;
    double elements = 0;
    for (TensorTelemetry tensor : tensors) {
      below += tensor.belowEpsilon();
      elements += tensor.elements();
    }
    return below / elements;
  }

  private static @Nullable Double epsilon(List<KnobValue> knobs) {
    for (KnobValue knob : knobs) {
      if (knob.knob().equals(Knobs.ADAM_EPSILON) && knob.scope().isEmpty()) {
        return knob.value();
      }
    }
    return null;
  }

  private static @Nullable Double largest(java.util.stream.Stream<@Nullable Double> figures) {
    double[] present = present(figures).toArray();
    return present.length == 0
        ? null
        : Double.valueOf(DoubleStream.of(present).max().orElseThrow());
  }

  private static @Nullable Double mean(List<LayerSignals> layers) {
    double[] present = present(layers.stream().map(LayerSignals::gradientNormRatio)).toArray();
    return present.length == 0
        ? null
        : Double.valueOf(DoubleStream.of(present).sum() / present.length);
  }

  @SuppressWarnings("NullAway") // the filter leaves no null
  private static DoubleStream present(java.util.stream.Stream<@Nullable Double> figures) {
    return figures.filter(Objects::nonNull).mapToDouble(Double::doubleValue);
  }
}
