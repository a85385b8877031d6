package io.evenkeel.analytics.signal;

import java.util.Arrays;

/** Medians of small samples. */
public final class Medians {

  /** Makes the MAD of a Gaussian its standard deviation. */
  static final double MAD_TO_SIGMA = 1.4826;

  private Medians() {}

  /** The median; NaN of an empty sample. Leaves {@code sample} as it is. */
  public static double median(double[] sample) {
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    return ofSorted(sorted);
  }

  /** The median of an ascending sample; NaN of an empty one. */
  static double ofSorted(double[] sorted) {
    int n = sorted.length;
    if (n == 0) {
      return Double.NaN;
    }
    return n % 2 == 1 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
  }

  /** Median absolute deviation from {@code median}, scaled to a Gaussian's standard deviation. */
  static double deviation(double[] sample, double median) {
    double[] distances = new double[sample.length];
    for (int i = 0; i < sample.length; i++) {
      distances[i] = Math.abs(sample[i] - median);
    }
    return MAD_TO_SIGMA * median(distances);
  }
}
