package io.evenkeel.gateway.otlp;

/** Figures of an MoE layer; attribute {@code layer}. */
enum LayerField implements Signal {
  LOAD_BALANCE_COEFFICIENT("load_balance_coefficient"),
  LOAD_BALANCE_LOSS("load_balance_loss"),
  LM_GRAD_Z_SUM_SQUARES("lm_grad_z_sum_squares"),
  LB_GRAD_Z_SUM_SQUARES("lb_grad_z_sum_squares"),
  ROUTER_Z_SUM("router_z_sum"),
  ROUTER_LOGIT_MAX_ABS("router_logit_max_abs"),
  TOKEN_ENTROPY_SUM("token_entropy_sum"),
  ROUTER_NON_FINITE("router_non_finite"),
  ROUTER_COSINE_ALL("router_cosine_all"),
  ROUTER_COSINE_FFN("router_cosine_ffn"),
  FFN_EXPERTS_SUM("ffn_experts_sum"),
  FFN_EXPERTS_SUM_SQUARES("ffn_experts_sum_squares"),
  EXPERT_OUTPUT_COSINE("expert_output_cosine"),
  TOP1_CHURN("top1_churn"),
  FFN_SUM_VARIANCE("ffn_sum_variance"),
  GAMMA_EMPIRICAL("gamma_empirical");

  private final String metric;

  LayerField(String name) {
    this.metric = "evenkeel.moe." + name;
  }

  @Override
  public String metric() {
    return metric;
  }

  @Override
  public boolean isCount() {
    return this == ROUTER_NON_FINITE;
  }
}
