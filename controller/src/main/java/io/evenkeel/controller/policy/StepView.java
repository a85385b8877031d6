package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.KnobValue;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What policies and guard need of one step: a few numbers instead of all vectors, so that a long
 * window stays small. NaN stands for "not measured".
 *
 * @param incarnation incarnation
 * @param step step
 * @param wallTime latest wall time among the ranks
 * @param ranksShare ranks seen over ranks expected, in (0, 1]
 * @param stepTimeMillis slowest rank's step time
 * @param gradientNormRatio R_g, mean over layers
 * @param gradientNormRatios R_g of each layer, always the same layers in the same order
 * @param logitGradientRatio R_z, largest over layers
 * @param routerCosines mean cosine of router rows of each layer, always the same layers in the same
 *     order: it tells of the weights alone, whatever the batch
 * @param maxViolation MaxVio, largest over layers
 * @param ffnExpertsError (FFN experts per token - K_e) / K_e, signed, mean over layers
 * @param deadExperts FFN experts without a token, all layers
 * @param gradientRmsMin smallest non-zero gradient RMS over tensors
 * @param epsilonOverRmsMax largest epsilon / gradient RMS over tensors
 * @param activationMaxAbs largest |x| over the layers' outputs
 * @param loss language-model loss, nats
 * @param gradientNorm global norm before clipping
 * @param nonFinite NaN or infinite entries of losses, gradients, activations, router
 * @param updatesSkipped 1 if the trainer says that it made no update, else 0
 * @param knobs knobs in force
 * @param lastCommand last command applied by all ranks
 */
public record StepView(
    int incarnation,
    long step,
    Instant wallTime,
    double ranksShare,
    double stepTimeMillis,
    double gradientNormRatio,
    List<Double> gradientNormRatios,
    double logitGradientRatio,
    List<Double> routerCosines,
    double maxViolation,
    double ffnExpertsError,
    int deadExperts,
    double gradientRmsMin,
    double epsilonOverRmsMax,
    double activationMaxAbs,
    double loss,
    double gradientNorm,
    long nonFinite,
    int updatesSkipped,
    Map<KnobKey, Double> knobs,
    CommandPosition lastCommand) {

  /** The scalar by which the built-in trainer tells of an update that it did not make. */
  private static final String UPDATE_SKIPPED = "update_skipped";

  /** Copies. */
  public StepView {
    Objects.requireNonNull(wallTime, "wallTime");
    gradientNormRatios = List.copyOf(gradientNormRatios);
    routerCosines = List.copyOf(routerCosines);
    knobs = Map.copyOf(knobs);
    Objects.requireNonNull(lastCommand, "lastCommand");
  }

  /** The view of a step's signals. */
  public static StepView of(StepSignals signals) {
    Map<KnobKey, Double> knobs = new LinkedHashMap<>();
    for (KnobValue value : signals.knobs()) {
      knobs.put(new KnobKey(value.knob(), value.scope()), value.value());
    }
    List<LayerSignals> layers = signals.layers();
    return new StepView(
        signals.key().incarnation(),
        signals.key().step(),
        signals.wallTime(),
        (double) signals.ranksSeen() / signals.worldSize(),
        signals.stepTimeMillis(),
        orNaN(signals.gradientNormRatioMean()),
        layers.stream().map(layer -> orNaN(layer.gradientNormRatio())).toList(),
        orNaN(signals.logitGradientRatioMax()),
        layers.stream().map(layer -> orNaN(layer.routerCosineAll())).toList(),
        largest(layers, LayerSignals::maxViolation),
        mean(layers, StepView::ffnError),
        layers.stream().mapToInt(LayerSignals::deadExperts).sum(),
        smallestRms(signals.tensors()),
        orNaN(signals.epsilonOverRmsMax()),
        largest(
            signals.activations().stream()
                .filter(a -> a.site() == ActivationSite.LAYER_OUT)
                .toList(),
            ActivationSignals::maxAbs),
        orNaN(signals.losses().languageModel()),
        orNaN(signals.gradientNorm()),
        signals.nonFinite(),
        signals.scalars().containsKey(UPDATE_SKIPPED) ? 1 : 0,
        knobs,
        signals.lastCommand());
  }

  private static double ffnError(LayerSignals layer) {
    double target = layer.ffnExpertsTarget();
    return target > 0 ? (layer.ffnExpertsMean() - target) / target : Double.NaN;
  }

  private static double smallestRms(List<TensorSignals> tensors) {
    return tensors.stream()
        .mapToDouble(TensorSignals::gradientRms)
        .filter(rms -> rms > 0)
        .min()
        .orElse(Double.NaN);
  }

  private static <T> double largest(List<T> items, ToDoubleFunction<T> value) {
    return items.stream().mapToDouble(value).max().orElse(Double.NaN);
  }

  private static <T> double mean(List<T> items, ToDoubleFunction<T> value) {
    return items.stream().mapToDouble(value).average().orElse(Double.NaN);
  }

  private static double orNaN(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }
}
