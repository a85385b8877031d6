package io.evenkeel.ui.rundetail;

import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.ui.chart.Axis;
import io.evenkeel.ui.chart.Scale;
import io.evenkeel.ui.chart.Stroke;
import java.util.List;
import java.util.Set;

/**
 * The charts over steps, in the order of the page.
 *
 * <p>Each says what it draws, its limit, and whose alerts it shades.
 */
enum Panel {
  LOSSES(
      "losses",
      "Loss",
      "Language-model loss and total loss at each step, in nats per token.",
      Scale.LINEAR,
      "nats",
      "",
      List.of(line(Metric.LOSS_LM, "language model"), dashed(Metric.LOSS_TOTAL, "total")),
      Set.of(
          BuiltInRule.LOSS_SPIKE.id(),
          BuiltInRule.NON_FINITE.id(),
          BuiltInRule.DIVERGENCE.id(),
          BuiltInRule.DATA_SHIFT.id(),
          BuiltInRule.PLATEAU.id())),
  GRADIENT_NORM_RATIO(
      "gradient-norm-ratio",
      "Gradient-norm ratio R_g",
      "Gradient of the load-balance loss over that of the language-model loss at the router, per"
          + " layer. It should stay under 0.1.",
      Scale.LOGARITHMIC,
      "",
      "",
      List.of(line(Metric.GRADIENT_NORM_RATIO, "layer")),
      Set.of(BuiltInRule.GRADIENT_NORM_RATIO.id(), BuiltInRule.GRADIENT_NORM_RATIO_FORECAST.id())),
  LOGIT_GRADIENT_RATIO(
      "logit-gradient-ratio",
      "Logit gradient ratio R_z",
      "The same ratio at the router's logits, token by token, per layer.",
      Scale.LOGARITHMIC,
      "",
      "",
      List.of(line(Metric.LOGIT_GRADIENT_RATIO, "layer")),
      Set.of(BuiltInRule.LOGIT_GRADIENT_RATIO.id())),
  ROUTER_SIMILARITY(
      "router-similarity",
      "Router similarity",
      "Mean cosine between the router's rows of FFN experts, per layer. Rows that grow alike cannot"
          + " tell experts apart.",
      Scale.LINEAR,
      "cosine",
      "",
      List.of(line(Metric.ROUTER_COSINE, "layer")),
      Set.of(BuiltInRule.ROUTER_SIMILARITY.id(), BuiltInRule.EXPERT_SIMILARITY.id())),
  ROUTER_ENTROPY(
      "router-entropy",
      "Per-token router entropy",
      "Entropy of a token's choice over its maximum (solid), soft mutual information (dashed), per"
          + " layer. Near 1 and 0 the router guesses.",
      Scale.LINEAR,
      "of maximum",
      "MI, nats",
      List.of(
          line(Metric.TOKEN_ENTROPY, "entropy"),
          right(Metric.SOFT_MUTUAL_INFORMATION, "information")),
      Set.of(BuiltInRule.ROUTER_UNINFORMATIVE.id(), BuiltInRule.ROUTER_LOGIT_GROWTH.id())),
  FFN_EXPERTS(
      "ffn-experts",
      "FFN experts per token",
      "Mean FFN experts per token (solid) against the target K_e, and their spread over tokens"
          + " (dashed), per layer.",
      Scale.LINEAR,
      "experts",
      "std",
      List.of(line(Metric.FFN_EXPERTS_MEAN, "mean"), right(Metric.FFN_EXPERTS_STD, "std")),
      Set.of(BuiltInRule.FFN_EXPERTS_OFF_TARGET.id())),
  MAX_VIOLATION(
      "max-violation",
      "Load imbalance (MaxVio)",
      "Largest over mean load of the FFN experts, minus one, per layer.",
      Scale.LINEAR,
      "",
      "",
      List.of(line(Metric.MAX_VIOLATION, "layer")),
      Set.of(
          BuiltInRule.LOAD_IMBALANCE.id(),
          BuiltInRule.DEAD_EXPERT.id(),
          BuiltInRule.BIAS_HUNTING.id())),
  ACTIVATIONS(
      "activations",
      "Activations at layer output",
      "Largest magnitude (solid) and root mean square (dashed) of each layer's output.",
      Scale.LOGARITHMIC,
      "",
      "",
      List.of(line(Metric.ACTIVATION_MAX_ABS, "max"), dashed(Metric.ACTIVATION_RMS, "rms")),
      Set.of(BuiltInRule.ACTIVATION_MAGNITUDE.id())),
  EPSILON(
      "epsilon-over-rms",
      "Epsilon over gradient RMS",
      "Adam's epsilon over the gradient RMS of the worst tensor. Near 1, Adam no longer adapts.",
      Scale.LOGARITHMIC,
      "",
      "",
      List.of(line(Metric.EPSILON_OVER_RMS_MAX, "worst tensor")),
      Set.of(BuiltInRule.EPSILON_OVER_RMS.id())),
  GRADIENT_NORM(
      "gradient-norm",
      "Gradient norm",
      "Global gradient norm before clipping, and the norm at which it is clipped.",
      Scale.LOGARITHMIC,
      "",
      "",
      List.of(line(Metric.GRADIENT_NORM, "before clipping")),
      Set.of(
          BuiltInRule.GRADIENT_NORM_SPIKE.id(),
          BuiltInRule.VANISHING_GRADIENT.id(),
          BuiltInRule.NON_FINITE.id())),
  AUXILIARY_LOSSES(
      "auxiliary-losses",
      "Auxiliary losses",
      "Load-balance loss, unscaled, and hidden z-loss.",
      Scale.LOGARITHMIC,
      "",
      "",
      List.of(line(Metric.LOSS_LB, "load balance"), line(Metric.LOSS_Z, "hidden z")),
      Set.of()),
  STEP_TIME(
      "step-time",
      "Step time",
      "Time of a step at the slowest rank, and the part of it that telemetry takes.",
      Scale.LINEAR,
      "ms",
      "",
      List.of(line(Metric.STEP_TIME, "step"), dashed(Metric.TELEMETRY_TIME, "telemetry")),
      Set.of(
          BuiltInRule.TELEMETRY_STALLED.id(),
          BuiltInRule.SLOW_STEP.id(),
          BuiltInRule.STEP_TIME_REGRESSION.id(),
          BuiltInRule.STRAGGLER_RANK.id(),
          BuiltInRule.MISSING_RANK.id()));

  private final String id;
  private final String title;
  private final String description;
  private final Scale scale;
  private final String unit;
  private final String rightUnit;
  private final List<Part> parts;
  private final Set<String> rules;

  Panel(
      String id,
      String title,
      String description,
      Scale scale,
      String unit,
      String rightUnit,
      List<Part> parts,
      Set<String> rules) {
    this.id = id;
    this.title = title;
    this.description = description;
    this.scale = scale;
    this.unit = unit;
    this.rightUnit = rightUnit;
    this.parts = parts;
    this.rules = rules;
  }

  String id() {
    return id;
  }

  String title() {
    return title;
  }

  String description() {
    return description;
  }

  Scale scale() {
    return scale;
  }

  String unit() {
    return unit;
  }

  String rightUnit() {
    return rightUnit;
  }

  List<Part> parts() {
    return parts;
  }

  /** The rules whose alerts are shaded in this chart. */
  Set<String> rules() {
    return rules;
  }

  private static Part line(Metric metric, String name) {
    return new Part(metric, name, Stroke.SOLID, Axis.LEFT);
  }

  private static Part dashed(Metric metric, String name) {
    return new Part(metric, name, Stroke.DASHED, Axis.LEFT);
  }

  private static Part right(Metric metric, String name) {
    return new Part(metric, name, Stroke.DASHED, Axis.RIGHT);
  }

  /**
   * A metric in a chart.
   *
   * @param metric what
   * @param name what its series are called, followed by the layer where there are layers
   * @param stroke how it is drawn
   * @param axis which axis it is read from
   */
  record Part(Metric metric, String name, Stroke stroke, Axis axis) {}
}
