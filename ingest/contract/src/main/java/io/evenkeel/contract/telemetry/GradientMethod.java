package io.evenkeel.contract.telemetry;

/** How the gradient of the language-model loss at the router was had. */
public enum GradientMethod {
  /** A backward pass of L_LM alone. */
  EXACT,
  /** One backward pass of the total, the load-balance term subtracted; within 3 % of exact. */
  ONE_PASS
}
