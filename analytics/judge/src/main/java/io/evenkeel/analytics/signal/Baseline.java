package io.evenkeel.analytics.signal;

import java.util.Arrays;

/**
 * Level and spread of a series by order statistics: a few wild values move neither.
 *
 * @param median the level
 * @param scale the largest of 1.4826 MAD, 0.5 % of the median and the rounding step of the series;
 *     above 0
 */
public record Baseline(double median, double scale) {

  private static final double RELATIVE_FLOOR = 0.005;
  private static final double ABSOLUTE_FLOOR = 1e-12;

  /** Values that repeat more than this have been rounded. */
  private static final double DISTINCT_SHARE = 0.7;

  /**
   * The baseline of {@code values}, in any order.
   *
   * @param values finite, at least one
   */
  public static Baseline of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double median = Medians.ofSorted(sorted);
    return new Baseline(median, Math.max(Medians.deviation(sorted, median), floor(median, sorted)));
  }

  /**
   * Rising values without their rise, which is told from the medians of their halves: a slow rise
   * widens the scale that it would be measured by. Values that fall are left as they are.
   *
   * @param values in their order, finite, at least four
   */
  public static double[] levelled(double[] values) {
    int half = values.length / 2;
    double rise =
        Medians.median(Arrays.copyOfRange(values, values.length - half, values.length))
            - Medians.median(Arrays.copyOf(values, half));
    if (!(rise > 0)) {
      return values;
    }
    double slope = rise / (values.length - half);
    double[] level = new double[values.length];
    for (int i = 0; i < level.length; i++) {
      level[i] = values[i] - slope * (i - (level.length - 1) / 2.0);
    }
    return level;
  }

  /** Scales that {@code value} lies above the median; negative below. */
  public double score(double value) {
    return (value - median) / scale;
  }

  /**
   * How much of the scale of a series is noise from one value to the next: 1 where values are
   * independent, little where they wander, so that many of them in a row tell little more than one.
   *
   * @param values in their order, at least two
   */
  public static double independence(double[] values) {
    double[] steps = new double[values.length - 1];
    for (int i = 1; i < values.length; i++) {
      steps[i - 1] = Math.abs(values[i] - values[i - 1]);
    }
    double noise = Medians.MAD_TO_SIGMA * Medians.median(steps) / Math.sqrt(2);
    return Math.min(1, noise / of(values).scale());
  }

  /** What a scale never falls below: a log rounded to 0.01 has a MAD of zero. */
  static double floor(double median, double[] sorted) {
    return Math.max(
        ABSOLUTE_FLOOR, Math.max(RELATIVE_FLOOR * Math.abs(median), roundingStep(sorted)));
  }

  /** The least gap between distinct values where values repeat much, else 0. */
  private static double roundingStep(double[] sorted) {
    int distinct = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] > sorted[i - 1]) {
        distinct++;
        least = Math.min(least, sorted[i] - sorted[i - 1]);
      }
    }
    if (distinct >= DISTINCT_SHARE * sorted.length) {
      return 0;
    }
    return distinct == 1 ? Math.abs(sorted[0]) * 0.01 : least;
  }
}
