package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.error.Check;

/**
 * Gradient statistics of one parameter tensor, of the clipped gradient and after the update
 * (FORMULAS section 6).
 *
 * @param name canonical tensor name, such as {@code layers.0.router}
 * @param elements number of entries, &gt;= 1
 * @param sumSquares sum of squares of the finite entries of the clipped gradient
 * @param nonFinite entries that are NaN or infinite
 * @param belowEpsilon entries with sqrt(v_hat) &lt; epsilon
 * @param belowEpsilonNonzero the same, v &gt; 0 only
 */
public record TensorTelemetry(
    String name,
    long elements,
    double sumSquares,
    long nonFinite,
    long belowEpsilon,
    long belowEpsilonNonzero) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public TensorTelemetry {
    Check.name("name", name);
    Check.notNegative("elements", elements);
    Check.notNegative("nonFinite", nonFinite);
    Check.notNegative("belowEpsilon", belowEpsilon);
    Check.notNegative("belowEpsilonNonzero", belowEpsilonNonzero);
    Check.that(elements >= 1, "elements must be at least 1");
    Check.that(nonFinite <= elements && belowEpsilon <= elements, "counts exceed elements");
    Check.that(belowEpsilonNonzero <= belowEpsilon, "belowEpsilonNonzero exceeds belowEpsilon");
  }
}
