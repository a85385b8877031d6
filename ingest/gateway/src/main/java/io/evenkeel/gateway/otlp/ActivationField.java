package io.evenkeel.gateway.otlp;

/** Sums over an activation tensor; attributes {@code layer} and {@code site}. */
enum ActivationField implements Signal {
  COUNT("count"),
  SUM("sum"),
  SUM_SQUARES("sum_squares"),
  SUM_CUBES("sum_cubes"),
  SUM_FOURTHS("sum_fourths"),
  MAX_ABS("max_abs"),
  ABOVE_THRESHOLD("above_threshold"),
  THRESHOLD("threshold"),
  NON_FINITE("non_finite");

  private final String metric;

  ActivationField(String name) {
    this.metric = "evenkeel.activation." + name;
  }

  @Override
  public String metric() {
    return metric;
  }

  @Override
  public boolean isCount() {
    return this == COUNT || this == ABOVE_THRESHOLD || this == NON_FINITE;
  }
}
