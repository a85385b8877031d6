package io.evenkeel.ui.evidence;

import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.ui.chart.Scale;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a rule looks at.
 *
 * @param metric as {@code ui_v1_series} knows it
 * @param title for people
 * @param scale how it is drawn
 * @param limit whether the rule's threshold is on the metric's own scale
 */
record Look(String metric, String title, Scale scale, Threshold limit) {

  /** Where a threshold belongs. */
  enum Threshold {
    /** It can be drawn over the metric. */
    OF_THE_METRIC,
    /** It is one of a score, or of a multiple of the run's own past. */
    OF_SOMETHING_ELSE
  }

  private static final Look LOSS = new Look("loss_lm", "Language-model loss", Scale.LINEAR);
  private static final Map<BuiltInRule, Look> BUILT_IN = new EnumMap<>(BuiltInRule.class);

  // Names of an expression that is nothing but a figure, as docs/rules.md has them.
  private static final Pattern FIGURE = Pattern.compile("\\s*-?\\s*(layer\\.)?([a-z_0-9]+)\\s*");
  private static final Pattern COMPARED =
      Pattern.compile("\\s*(layer\\.)?([a-z_0-9]+)\\s*[<>]=?\\s*[-+0-9.eE]+\\s*");
  private static final Set<String> OF_STEPS =
      Set.of(
          "loss_lm",
          "loss_lb",
          "loss_z",
          "loss_total",
          "gradient_norm",
          "clip_coefficient",
          "gradient_norm_ratio_max",
          "gradient_norm_ratio_mean",
          "logit_gradient_ratio_max",
          "epsilon_over_rms_max",
          "below_epsilon_share",
          "loss_spike_score",
          "gradient_norm_spike_score",
          "step_time_millis",
          "telemetry_time_millis",
          "straggler_skew",
          "tokens",
          "non_finite",
          "ranks_seen",
          "late_parts");
  private static final Set<String> OF_LAYERS =
      Set.of(
          "gradient_norm_ratio",
          "lm_gradient_norm",
          "lb_gradient_norm",
          "logit_gradient_ratio",
          "router_cosine_all",
          "router_cosine_ffn",
          "load_balance_loss",
          "max_violation",
          "coefficient_of_variation",
          "dead_experts",
          "entropy_of_mean_normalised",
          "token_entropy_normalised",
          "soft_mutual_information",
          "ffn_experts_mean",
          "ffn_experts_std",
          "ffn_experts_relative_error",
          "zero_share",
          "router_z",
          "router_logit_max_abs",
          "expert_output_cosine",
          "top1_churn");

  static {
    own(BuiltInRule.GRADIENT_NORM_RATIO, "gradient_norm_ratio", "Gradient-norm ratio R_g");
    past(
        BuiltInRule.GRADIENT_NORM_RATIO_FORECAST, "gradient_norm_ratio", "Gradient-norm ratio R_g");
    own(BuiltInRule.LOGIT_GRADIENT_RATIO, "logit_gradient_ratio", "Ratio at the logits R_z");
    own(BuiltInRule.EPSILON_OVER_RMS, "tensor.epsilon_over_rms", "Epsilon over gradient RMS");
    own(BuiltInRule.ROUTER_SIMILARITY, "router_cosine_ffn", "Router weight similarity");
    own(BuiltInRule.ROUTER_UNINFORMATIVE, "token_entropy_normalised", "Entropy per token");
    own(BuiltInRule.LOAD_IMBALANCE, "max_violation", "MaxVio of the load");
    past(BuiltInRule.BIAS_HUNTING, "max_violation", "MaxVio of the load");
    past(BuiltInRule.DEAD_EXPERT, "dead_experts", "FFN experts without a token");
    own(
        BuiltInRule.FFN_EXPERTS_OFF_TARGET,
        "ffn_experts_relative_error",
        "FFN experts per token, off K_e");
    past(BuiltInRule.ACTIVATION_MAGNITUDE, "layer_out.max_abs", "Largest activation");
    past(BuiltInRule.ROUTER_LOGIT_GROWTH, "router_z", "Mean logsumexp squared of the router");
    own(BuiltInRule.EXPERT_SIMILARITY, "expert_output_cosine", "Similarity of experts' outputs");
    past(BuiltInRule.LOSS_SPIKE, "loss_lm", "Language-model loss");
    past(BuiltInRule.DIVERGENCE, "loss_lm", "Language-model loss");
    past(BuiltInRule.DATA_SHIFT, "loss_lm", "Language-model loss");
    past(BuiltInRule.PLATEAU, "loss_lm", "Language-model loss");
    past(BuiltInRule.GRADIENT_NORM_SPIKE, "gradient_norm", "Gradient norm");
    past(BuiltInRule.VANISHING_GRADIENT, "gradient_norm", "Gradient norm");
    past(BuiltInRule.NON_FINITE, "non_finite", "NaN or infinite entries");
    past(BuiltInRule.TELEMETRY_STALLED, "step_time_millis", "Step time, ms");
    past(BuiltInRule.SLOW_STEP, "step_time_millis", "Step time, ms");
    past(BuiltInRule.STEP_TIME_REGRESSION, "step_time_millis", "Step time, ms");
    own(BuiltInRule.STRAGGLER_RANK, "straggler_skew", "Slowest rank over the median, less 1");
    past(BuiltInRule.MISSING_RANK, "ranks_seen", "Ranks merged");
  }

  private Look(String metric, String title, Scale scale) {
    this(metric, title, scale, Threshold.OF_SOMETHING_ELSE);
  }

  private static void own(BuiltInRule rule, String metric, String title) {
    Scale scale =
        metric.contains("ratio") || metric.contains("epsilon") ? Scale.LOGARITHMIC : Scale.LINEAR;
    BUILT_IN.put(
        rule,
        new Look(
            metric,
            title,
            metric.equals("ffn_experts_relative_error") ? Scale.LINEAR : scale,
            Threshold.OF_THE_METRIC));
  }

  private static void past(BuiltInRule rule, String metric, String title) {
    BUILT_IN.put(rule, new Look(metric, title, Scale.LINEAR));
  }

  /**
   * What a rule looks at.
   *
   * @param rule rule id
   * @param expression of a user's own rule; empty if it is built in, or not known
   */
  static Look of(String rule, String expression) {
    for (BuiltInRule builtIn : BuiltInRule.values()) {
      if (builtIn.id().equals(rule)) {
        return BUILT_IN.getOrDefault(builtIn, LOSS);
      }
    }
    Look figure = named(FIGURE.matcher(expression), Threshold.OF_THE_METRIC);
    return figure == null ? compared(expression) : figure;
  }

  // The limit is in the expression, and what the alert calls its value is true or false.
  private static Look compared(String expression) {
    Look compared = named(COMPARED.matcher(expression), Threshold.OF_SOMETHING_ELSE);
    return compared == null ? LOSS : compared;
  }

  private static @org.jspecify.annotations.Nullable Look named(Matcher found, Threshold limit) {
    if (!found.matches()) {
      return null;
    }
    String name =
        switch (found.group(2)) {
          case "loss" -> "loss_lm";
          case "max_vio" -> "max_violation";
          default -> found.group(2);
        };
    boolean known = (found.group(1) == null ? OF_STEPS : OF_LAYERS).contains(name);
    return known ? new Look(name, name, Scale.LINEAR, limit) : null;
  }
}
