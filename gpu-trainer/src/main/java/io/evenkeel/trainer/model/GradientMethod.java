package io.evenkeel.trainer.model;

/**
 * How the gradient of L_LM with respect to the router's probabilities is found. FORMULAS.md section
 * 4.
 */
public enum GradientMethod {
  /** A backward pass of L_LM alone, and a second one of the total. */
  EXACT,
  /**
   * One backward pass of the total, taken before each layer's load-balance term enters: within 3 %.
   */
  ONE_PASS
}
