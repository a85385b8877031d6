package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.error.Check;
import java.util.Objects;

/**
 * Power sums over the finite entries of one activation tensor; they merge across ranks by addition.
 *
 * @param layer index of the layer
 * @param site which tensor
 * @param count finite entries
 * @param sum sum of x
 * @param sumSquares sum of x^2
 * @param sumCubes sum of x^3
 * @param sumFourths sum of x^4
 * @param maxAbs largest |x|
 * @param aboveThreshold entries with |x| &gt; threshold (strict)
 * @param threshold the threshold
 * @param nonFinite entries that are NaN or infinite
 */
public record ActivationSums(
    int layer,
    ActivationSite site,
    long count,
    double sum,
    double sumSquares,
    double sumCubes,
    double sumFourths,
    double maxAbs,
    long aboveThreshold,
    double threshold,
    long nonFinite) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public ActivationSums {
    Check.notNegative("layer", layer);
    Objects.requireNonNull(site, "site");
    Check.notNegative("count", count);
    Check.notNegative("aboveThreshold", aboveThreshold);
    Check.notNegative("nonFinite", nonFinite);
  }
}
