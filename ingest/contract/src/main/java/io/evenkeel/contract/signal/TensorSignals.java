package io.evenkeel.contract.signal;

import io.evenkeel.contract.error.Check;
import org.jspecify.annotations.Nullable;

/**
 * Epsilon against gradient RMS of one tensor (FORMULAS section 6).
 *
 * @param name tensor name
 * @param gradientRms sqrt(mean g^2) of the clipped gradient
 * @param epsilonOverRms epsilon / gradient RMS; null when the gradient is zero
 * @param belowEpsilonShare share of entries with sqrt(v_hat) &lt; epsilon
 * @param belowEpsilonNonzeroShare the same, v &gt; 0 only
 * @param nonFinite entries that are NaN or infinite
 * @param elements number of entries
 */
public record TensorSignals(
    String name,
    double gradientRms,
    @Nullable Double epsilonOverRms,
    double belowEpsilonShare,
    double belowEpsilonNonzeroShare,
    long nonFinite,
    long elements) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public TensorSignals {
    Check.name("name", name);
    Check.notNegative("nonFinite", nonFinite);
    Check.notNegative("elements", elements);
  }
}
