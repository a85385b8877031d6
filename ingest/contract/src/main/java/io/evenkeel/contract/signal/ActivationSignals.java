package io.evenkeel.contract.signal;

import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.telemetry.ActivationSite;
import java.util.Objects;

/**
 * Moments of one activation tensor (FORMULAS section 5), population moments.
 *
 * @param layer index of the layer
 * @param site which tensor
 * @param maxAbs largest |x|
 * @param mean mean
 * @param std standard deviation
 * @param rms root mean square
 * @param kurtosis m4 / m2^2; 3 for a Gaussian
 * @param aboveThresholdShare share of |x| above the threshold
 * @param nonFinite entries that are NaN or infinite
 */
public record ActivationSignals(
    int layer,
    ActivationSite site,
    double maxAbs,
    double mean,
    double std,
    double rms,
    double kurtosis,
    double aboveThresholdShare,
    long nonFinite) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public ActivationSignals {
    Check.notNegative("layer", layer);
    Objects.requireNonNull(site, "site");
    Check.notNegative("nonFinite", nonFinite);
  }
}
