package io.evenkeel.analytics.signal;

import java.util.Arrays;

/** Medians of small samples. */
public final class Medians {

  /** Makes the MAD of a Gaussian its standard deviation. */
  static final double MAD_TO_SIGMA = 1.4826;

  private Medians() {}

  /** The median; NaN of an empty sample. Leaves {@code sample} as it is. */
  public static double median(double[] sample) {
    double[] values = sample.clone();
    int n = values.length;
    if (n == 0 || !comparable(values)) {
      Arrays.sort(values);
      return ofSorted(values);
    }
    select(values, n / 2);
    double upper = values[n / 2];
    if (n % 2 == 1) {
      return upper;
    }
    double lower = values[0];
    for (int i = 1; i < n / 2; i++) {
      lower = Math.max(lower, values[i]);
    }
    return 0.5 * (lower + upper);
  }

  /** Whether {@code <} orders the values as a sort does: not so for NaN and -0. */
  private static boolean comparable(double[] values) {
    boolean comparable = true;
    for (double value : values) {
      comparable &= Double.doubleToRawLongBits(value) != Long.MIN_VALUE && !Double.isNaN(value);
    }
    return comparable;
  }

  /**
   * Puts the value that a sort would put at {@code k} there, none larger before it and none smaller
   * behind it (Hoare's FIND, CACM 4, 1961): a few passes over a window, where a sort takes many.
   */
  private static void select(double[] values, int k) {
    int left = 0;
    int right = values.length - 1;
    while (left < right) {
      double pivot = values[k];
      int i = left;
      int j = right;
      while (i <= j) {
        while (values[i] < pivot) {
          i++;
        }
        while (values[j] > pivot) {
          j--;
        }
        if (i <= j) {
          double swapped = values[i];
          values[i] = values[j];
          values[j] = swapped;
          i++;
          j--;
        }
      }
      if (j < k) {
        left = i;
      }
      if (i > k) {
        right = j;
      }
    }
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
