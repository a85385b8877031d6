package io.evenkeel.gym.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a run can be said to be back in band by. Smaller is better for all of them. */
public enum BandSignal {
  /** R_g, mean over layers. */
  @JsonProperty("gradient_norm_ratio")
  GRADIENT_NORM_RATIO,
  /** MaxVio, largest over layers. */
  @JsonProperty("max_violation")
  MAX_VIOLATION,
  /** |FFN experts per token - K_e| / K_e, mean over layers. */
  @JsonProperty("ffn_experts_error")
  FFN_EXPERTS_ERROR,
  /** FFN experts without a token, all layers. */
  @JsonProperty("dead_experts")
  DEAD_EXPERTS,
  /** Largest epsilon over gradient RMS. */
  @JsonProperty("epsilon_over_rms")
  EPSILON_OVER_RMS,
  /** Largest activation of the layers' outputs. */
  @JsonProperty("activation_max_abs")
  ACTIVATION_MAX_ABS,
  /** Global gradient norm before clipping. */
  @JsonProperty("gradient_norm")
  GRADIENT_NORM,
  /** Mean cosine of router rows, largest over layers. */
  @JsonProperty("router_cosine")
  ROUTER_COSINE,
  /** NaN or infinite entries. */
  @JsonProperty("non_finite")
  NON_FINITE,
  /** Language-model loss above that of the healthy run at the same step, nats. */
  @JsonProperty("loss_gap")
  LOSS_GAP
}
