package io.evenkeel.gateway.otlp;

/** Figures of a parameter tensor's gradient; attribute {@code tensor}. */
enum TensorField implements Signal {
  ELEMENTS("elements"),
  SUM_SQUARES("sum_squares"),
  NON_FINITE("non_finite"),
  BELOW_EPSILON("below_epsilon"),
  BELOW_EPSILON_NONZERO("below_epsilon_nonzero");

  private final String metric;

  TensorField(String name) {
    this.metric = "evenkeel.tensor." + name;
  }

  @Override
  public String metric() {
    return metric;
  }

  @Override
  public boolean isCount() {
    return this != SUM_SQUARES;
  }
}
