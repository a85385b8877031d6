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
  TELEMETRY_STALLED("telemetry-stalled");

  private final String id;

  BuiltInRule(String id) {
    this.id = id;
  }

  /** The stable id. */
  public String id() {
    return id;
  }
}
