package io.evenkeel.gateway.otlp;

/** Vectors over the experts of an MoE layer; attributes {@code layer} and {@code expert}. */
enum ExpertField implements Signal {
  LOAD("load"),
  PROBABILITY_SUM("probability_sum"),
  LM_GRAD_P("lm_grad_p"),
  LB_GRAD_P("lb_grad_p"),
  SELECTION_BIAS("selection_bias");

  private final String metric;

  ExpertField(String name) {
    this.metric = "evenkeel.moe." + name;
  }

  @Override
  public String metric() {
    return metric;
  }

  @Override
  public boolean isCount() {
    return this == LOAD;
  }
}
