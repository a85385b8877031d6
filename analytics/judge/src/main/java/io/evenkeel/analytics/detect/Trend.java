package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.Medians;

/** The straight line through values one step apart, by least squares. */
final class Trend {

  /** Makes the median, or mean, distance of two draws of a Gaussian its standard deviation. */
  private static final double OF_MEDIAN_DISTANCE = 1.4826 / Math.sqrt(2);

  private static final double OF_MEAN_DISTANCE = Math.sqrt(Math.PI) / 2;

  private Trend() {}

  /** Change a step. */
  static double slope(double[] values) {
    double middle = (values.length - 1) / 2.0;
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += (i - middle) * values[i];
    }
    return sum / squares(values.length);
  }

  /** The standard error of the slope of {@code n} values with independent noise. */
  static double error(double noise, int n) {
    return noise / Math.sqrt(squares(n));
  }

  /**
   * The deviation of values about a slow trend, from the distances of neighbours: their median, and
   * at least half of what their mean tells, as the median of rounded values is often zero.
   */
  static double noise(double[] values) {
    double[] distances = new double[values.length - 1];
    double sum = 0;
    for (int i = 1; i < values.length; i++) {
      distances[i - 1] = Math.abs(values[i] - values[i - 1]);
      sum += distances[i - 1];
    }
    return Math.max(
        OF_MEDIAN_DISTANCE * Medians.median(distances),
        OF_MEAN_DISTANCE * sum / distances.length / 2);
  }

  /** Sum of squared distances of 0 to n - 1 from their mean. */
  private static double squares(int n) {
    return n * ((double) n * n - 1) / 12;
  }
}
