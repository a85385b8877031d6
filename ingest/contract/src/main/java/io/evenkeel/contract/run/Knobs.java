package io.evenkeel.contract.run;

/** Names of the knobs that the built-in trainer and the controller's policies know. */
public final class Knobs {

  /** alpha, the load-balance weight. */
  public static final String LOAD_BALANCE_ALPHA = "load_balance.alpha";

  /** mu, the step of the expert-bias update. */
  public static final String EXPERT_BIAS_MU = "expert_bias.mu";

  /** The factor by which mu shrinks each step. */
  public static final String EXPERT_BIAS_MU_DECAY = "expert_bias.mu_decay";

  /** lambda, the hidden z-loss weight. */
  public static final String HIDDEN_Z_LAMBDA = "hidden_z.lambda";

  /** Adam's epsilon. */
  public static final String ADAM_EPSILON = "adam.epsilon";

  /** Adam's beta2; reported, not commanded. */
  public static final String ADAM_BETA2 = "adam.beta2";

  /** Factor on the learning-rate schedule. */
  public static final String LEARNING_RATE_SCALE = "learning_rate.scale";

  /** The learning rate in force; reported, not commanded. */
  public static final String LEARNING_RATE = "learning_rate";

  /** Largest global gradient norm. */
  public static final String GRADIENT_CLIP_NORM = "gradient_clip.norm";

  private Knobs() {}

  /** The scope of one layer. */
  public static String layerScope(int layer) {
    return "layers/" + layer;
  }
}
