package io.evenkeel.contract.rule;

/** The rules that Evenkeel brings; their ids are stable. */
public enum BuiltInRule {
  /** R_g above 0.1 (LongCat-Flash). */
  GRADIENT_NORM_RATIO("gradient-norm-ratio"),
  /** Adam's epsilon near or above a tensor's gradient RMS. */
  EPSILON_OVER_RMS("epsilon-over-rms"),
  /** Router rows grow alike. */
  ROUTER_SIMILARITY("router-similarity"),
  /** The router does not tell tokens apart. */
  ROUTER_UNINFORMATIVE("router-uninformative"),
  /** Some experts carry far more than their share. */
  LOAD_IMBALANCE("load-imbalance"),
  /** An FFN expert receives no token. */
  DEAD_EXPERT("dead-expert"),
  /** FFN experts per token drift from K_e. */
  FFN_EXPERTS_OFF_TARGET("ffn-experts-off-target"),
  /** Activations grow. */
  ACTIVATION_MAGNITUDE("activation-magnitude"),
  /** The language-model loss jumps. */
  LOSS_SPIKE("loss-spike"),
  /** The gradient norm jumps. */
  GRADIENT_NORM_SPIKE("gradient-norm-spike"),
  /** NaN or infinity anywhere. */
  NON_FINITE("non-finite"),
  /** A running run sends nothing. */
  TELEMETRY_STALLED("telemetry-stalled"),
  /** R_z, the ratio at the logits, above what harms. */
  LOGIT_GRADIENT_RATIO("logit-gradient-ratio"),
  /** R_g climbs and will cross its limit. Informs. */
  GRADIENT_NORM_RATIO_FORECAST("gradient-norm-ratio-forecast"),
  /** The router's logits grow. */
  ROUTER_LOGIT_GROWTH("router-logit-growth"),
  /** The experts answer alike. */
  EXPERT_SIMILARITY("expert-similarity"),
  /** The steps of the selection bias are so large that the load swings. */
  BIAS_HUNTING("bias-hunting"),
  /** The loss goes up and stays up. */
  DIVERGENCE("divergence"),
  /** The loss jumped with the data, not with the model. Informs. */
  DATA_SHIFT("data-shift"),
  /** The loss no longer falls. Informs. */
  PLATEAU("plateau"),
  /** The gradient norm dies away. */
  VANISHING_GRADIENT("vanishing-gradient"),
  /** A step takes far longer than those before. */
  SLOW_STEP("slow-step"),
  /** Steps have become slower for good. */
  STEP_TIME_REGRESSION("step-time-regression"),
  /** One rank is the slowest step after step. */
  STRAGGLER_RANK("straggler-rank"),
  /** Steps are merged without a rank. */
  MISSING_RANK("missing-rank");

  private final String id;

  BuiltInRule(String id) {
    this.id = id;
  }

  /** The stable id. */
  public String id() {
    return id;
  }
}
