package io.evenkeel.standalone.report;

import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Percentiles of measured times, milliseconds, by nearest rank: always a value that was measured.
 *
 * @param p50 median; null without a measurement
 * @param p99 99th percentile
 * @param max largest
 */
public record Percentiles(@Nullable Double p50, @Nullable Double p99, @Nullable Double max) {

  /** Percentiles of some measurements; NaN among them is refused, since it has no rank. */
  static Percentiles of(Collection<Double> millis) {
    if (millis.isEmpty()) {
      return new Percentiles(null, null, null);
    }
    double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (Double.isNaN(sorted[sorted.length - 1])) {
      throw new IllegalArgumentException("a time is NaN in " + Arrays.toString(sorted));
    }
    return new Percentiles(rank(sorted, 0.50), rank(sorted, 0.99), sorted[sorted.length - 1]);
  }

  private static double rank(double[] sorted, double share) {
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
