package io.evenkeel.controller.policy;

import java.util.function.ToDoubleFunction;

/** A quantity that an action aims at. Smaller is better for all of them. */
public enum Metric {
  /** R_g, mean over layers. */
  GRADIENT_NORM_RATIO("gradient-norm-ratio", StepView::gradientNormRatio),
  /** R_z, largest over layers. */
  LOGIT_GRADIENT_RATIO("logit-gradient-ratio", StepView::logitGradientRatio),
  /** MaxVio, largest over layers. */
  MAX_VIOLATION("max-violation", StepView::maxViolation),
  /** |FFN experts per token - K_e| / K_e. */
  FFN_EXPERTS_ERROR("ffn-experts-error", step -> Math.abs(step.ffnExpertsError())),
  /** Largest epsilon / gradient RMS. */
  EPSILON_OVER_RMS("epsilon-over-rms", StepView::epsilonOverRmsMax),
  /** Largest |activation| of the layers' outputs. */
  ACTIVATION_MAX_ABS("activation-max-abs", StepView::activationMaxAbs),
  /** FFN experts without a token, all layers. */
  DEAD_EXPERTS("dead-experts", StepView::deadExperts),
  /** Language-model loss. */
  LOSS("loss", StepView::loss);

  private final String id;
  private final ToDoubleFunction<StepView> value;

  Metric(String id, ToDoubleFunction<StepView> value) {
    this.id = id;
    this.value = value;
  }

  /** A stable name. */
  public String id() {
    return id;
  }

  /** The value in a step; NaN when not measured. */
  public double of(StepView step) {
    return value.applyAsDouble(step);
  }
}
