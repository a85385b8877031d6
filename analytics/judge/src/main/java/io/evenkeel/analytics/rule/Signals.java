package io.evenkeel.analytics.rule;

import static io.evenkeel.analytics.rule.SignalField.figure;
import static io.evenkeel.analytics.rule.SignalField.index;
import static io.evenkeel.analytics.rule.SignalField.number;
import static io.evenkeel.analytics.rule.SignalField.text;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import io.evenkeel.contract.telemetry.KnobValue;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The names that expressions may use. They are those of the columns of the views {@code
 * ui_v1_*_steps}, hence of an export; docs/rules.md lists them all, which a test holds.
 */
final class Signals {

  /** The one layer that a rule with a scope a layer looks at. */
  static final String LAYER = "layer";

  private static final CelType FIGURES = MapType.create(SimpleType.STRING, SimpleType.DOUBLE);

  static final SignalStruct<LayerSignals> LAYERS =
      new SignalStruct<>(
          "Layer",
          List.of(
              index("layer", "index of the layer, from 0", l -> (long) l.layer()),
              figure("gradient_norm_ratio", "R_g", LayerSignals::gradientNormRatio),
              figure("lm_gradient_norm", "its denominator", LayerSignals::lmGradientNorm),
              figure("lb_gradient_norm", "its numerator, unscaled", LayerSignals::lbGradientNorm),
              figure("logit_gradient_ratio", "R_z", LayerSignals::logitGradientRatio),
              figure("router_cosine_all", "similarity of all rows", LayerSignals::routerCosineAll),
              figure("router_cosine_ffn", "of the FFN rows", LayerSignals::routerCosineFfn),
              figure("load_balance_loss", "unscaled", LayerSignals::loadBalanceLoss),
              number("max_violation", "MaxVio", LayerSignals::maxViolation),
              number("max_vio", "the same", LayerSignals::maxViolation),
              number(
                  "coefficient_of_variation", "of FFN loads", LayerSignals::coefficientOfVariation),
              number("dead_experts", "FFN experts without a token", LayerSignals::deadExperts),
              number("ffn_experts", "N", LayerSignals::ffnExperts),
              number(
                  "entropy_of_mean_normalised",
                  "H(P) / ln(N+Z)",
                  LayerSignals::entropyOfMeanNormalised),
              number(
                  "token_entropy_normalised",
                  "mean of H(R_t) / ln(N+Z)",
                  LayerSignals::tokenEntropyNormalised),
              number(
                  "soft_mutual_information",
                  "H(P) less the mean of H(R_t), nats",
                  LayerSignals::softMutualInformation),
              number("ffn_experts_mean", "FFN experts a token", LayerSignals::ffnExpertsMean),
              number("ffn_experts_std", "its spread", LayerSignals::ffnExpertsStd),
              number(
                  "ffn_experts_relative_error",
                  "its distance from K_e, relative",
                  LayerSignals::ffnExpertsRelativeError),
              number("ffn_experts_target", "K_e", LayerSignals::ffnExpertsTarget),
              number("zero_share", "selections of zero experts", LayerSignals::zeroShare),
              number("router_z", "mean of logsumexp squared", LayerSignals::routerZ),
              number("router_logit_max_abs", "largest logit", LayerSignals::routerLogitMaxAbs),
              figure(
                  "expert_output_cosine",
                  "similarity of the experts' outputs",
                  LayerSignals::expertOutputCosine),
              figure("top1_churn", "probe tokens that changed expert", LayerSignals::top1Churn)));

  static final SignalStruct<ActivationSignals> ACTIVATIONS =
      new SignalStruct<>(
          "Activation",
          List.of(
              index("layer", "index of the layer, from 0", a -> (long) a.layer()),
              text(
                  "site",
                  "layer_out, moe_in or moe_out",
                  a -> a.site().name().toLowerCase(Locale.ROOT)),
              number("max_abs", "largest magnitude", ActivationSignals::maxAbs),
              number("mean", "mean", ActivationSignals::mean),
              number("std", "standard deviation", ActivationSignals::std),
              number("rms", "root mean square", ActivationSignals::rms),
              number("kurtosis", "3 for a Gaussian", ActivationSignals::kurtosis),
              number(
                  "above_threshold_share",
                  "entries above the trainer's threshold",
                  ActivationSignals::aboveThresholdShare),
              number("non_finite", "NaN or infinite entries", ActivationSignals::nonFinite)));

  static final SignalStruct<TensorSignals> TENSORS =
      new SignalStruct<>(
          "Tensor",
          List.of(
              text("name", "the parameter's name", TensorSignals::name),
              number("gradient_rms", "of the clipped gradient", TensorSignals::gradientRms),
              figure("epsilon_over_rms", "Adam's epsilon over that", TensorSignals::epsilonOverRms),
              number(
                  "below_epsilon_share", "entries below epsilon", TensorSignals::belowEpsilonShare),
              number(
                  "below_epsilon_nonzero_share",
                  "the same, v > 0 only",
                  TensorSignals::belowEpsilonNonzeroShare),
              number("non_finite", "NaN or infinite entries", TensorSignals::nonFinite)));

  /** All variables; what {@code has(loss)} asks is a field of this struct. */
  static final SignalStruct<View> STEP =
      new SignalStruct<>(
          "Signals",
          List.of(
              text("run", "run id", v -> v.step().key().run()),
              index("step", "the step", v -> v.step().key().step()),
              of("loss", "language-model loss, nats", s -> s.losses().languageModel()),
              of("loss_lm", "the same", s -> s.losses().languageModel()),
              of("loss_lb", "load-balance loss", s -> s.losses().loadBalance()),
              of("loss_z", "hidden z-loss", s -> s.losses().hiddenZ()),
              of("loss_total", "total loss", s -> s.losses().total()),
              of("gradient_norm", "before clipping", StepSignals::gradientNorm),
              of("clip_coefficient", "1: not clipped", StepSignals::clipCoefficient),
              of("gradient_norm_ratio_max", "R_g", StepSignals::gradientNormRatioMax),
              of("gradient_norm_ratio_mean", "R_g", StepSignals::gradientNormRatioMean),
              of("logit_gradient_ratio_max", "R_z", StepSignals::logitGradientRatioMax),
              of("epsilon_over_rms_max", "over tensors", StepSignals::epsilonOverRmsMax),
              of("below_epsilon_share", "of all entries", StepSignals::belowEpsilonShare),
              of("loss_spike_score", "robust score", StepSignals::lossSpikeScore),
              of(
                  "gradient_norm_spike_score",
                  "the same of the gradient norm",
                  StepSignals::gradientNormSpikeScore),
              of("step_time_millis", "of the slowest rank", StepSignals::stepTimeMillis),
              of("telemetry_time_millis", "its telemetry", StepSignals::telemetryTimeMillis),
              of("straggler_skew", "slowest over median, less 1", StepSignals::stragglerSkew),
              of("tokens", "of all ranks seen", s -> (double) s.tokens()),
              of("tokens_per_second", "over the step's time", Signals::tokensPerSecond),
              of("non_finite", "NaN or infinite entries", s -> (double) s.nonFinite()),
              of("ranks_seen", "ranks merged", s -> (double) s.ranksSeen()),
              of("world_size", "ranks expected", s -> (double) s.worldSize()),
              of("late_parts", "parts too late, so far", s -> (double) s.lateParts()),
              new SignalField<>("scalars", FIGURES, "the user's own", v -> scalars(v.step())),
              new SignalField<>("knobs", FIGURES, "knobs in force", v -> knobs(v.step())),
              new SignalField<>(
                  "layers",
                  ListType.create(LAYERS.type()),
                  "MoE layers",
                  v -> LAYERS.rows(v.step().layers())),
              new SignalField<>(
                  "activations",
                  ListType.create(ACTIVATIONS.type()),
                  "activation tensors",
                  v -> ACTIVATIONS.rows(v.step().activations())),
              new SignalField<>(
                  "tensors",
                  ListType.create(TENSORS.type()),
                  "parameters",
                  v -> TENSORS.rows(v.step().tensors())),
              new SignalField<>(LAYER, LAYERS.type(), "each MoE layer in turn", Signals::layer)));

  /**
   * What an evaluation looks at.
   *
   * @param step the step
   * @param layer the layer, for a rule with a scope a layer; null otherwise
   */
  record View(StepSignals step, @Nullable LayerSignals layer) {}

  private Signals() {}

  private static SignalField<View> of(
      String name, String meaning, Function<StepSignals, @Nullable Double> reader) {
    return figure(name, meaning, view -> reader.apply(view.step()));
  }

  private static @Nullable Object layer(View view) {
    LayerSignals layer = view.layer();
    return layer == null ? null : LAYERS.row(layer);
  }

  private static @Nullable Double tokensPerSecond(StepSignals step) {
    // A trainer that does not measure them has 0 tokens.
    return step.tokens() > 0 && step.stepTimeMillis() > 0
        ? Double.valueOf(step.tokens() * 1_000.0 / step.stepTimeMillis())
        : null;
  }

  private static Map<String, Double> scalars(StepSignals step) {
    Map<String, Double> scalars = new HashMap<>(step.scalars());
    scalars.values().removeIf(value -> value.isNaN());
    return scalars;
  }

  /** By knob, and by {@code knob/scope} where a knob is one of a layer's. */
  private static Map<String, Double> knobs(StepSignals step) {
    Map<String, Double> knobs = new HashMap<>();
    for (KnobValue knob : step.knobs()) {
      if (!Double.isNaN(knob.value())) {
        knobs.put(
            knob.scope().isEmpty() ? knob.knob() : knob.knob() + "/" + knob.scope(), knob.value());
      }
    }
    return knobs;
  }
}
