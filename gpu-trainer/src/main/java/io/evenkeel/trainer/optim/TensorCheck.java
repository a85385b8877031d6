package io.evenkeel.trainer.optim;

import java.util.OptionalDouble;

/**
 * One parameter tensor after an update.
 *
 * @param name canonical name
 * @param elements number of elements
 * @param sumSquares of the clipped gradient, over finite entries
 * @param nonFinite NaN and infinite gradient entries
 * @param belowEpsilon entries with sqrt(v_hat) &lt; epsilon
 * @param belowEpsilonNonzero the same with v &gt; 0
 * @param epsilon in force
 */
public record TensorCheck(
    String name,
    long elements,
    double sumSquares,
    long nonFinite,
    long belowEpsilon,
    long belowEpsilonNonzero,
    double epsilon) {
  /** Root mean square of the clipped gradient. */
  public double gradientRms() {
    return Math.sqrt(sumSquares / elements);
  }

  /** epsilon / gradient RMS; empty when the gradient is zero. */
  public OptionalDouble epsilonOverGradientRms() {
    double rms = gradientRms();
    return rms > 0 ? OptionalDouble.of(epsilon / rms) : OptionalDouble.empty();
  }

  /** Share of elements with sqrt(v_hat) &lt; epsilon. */
  public double belowEpsilonShare() {
    return (double) belowEpsilon / elements;
  }

  /** Share of elements with 0 &lt; sqrt(v_hat) &lt; epsilon. */
  public double belowEpsilonNonzeroShare() {
    return (double) belowEpsilonNonzero / elements;
  }
}
