package io.evenkeel.analytics.signal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How far a value lies above the window BEFORE it, in robust standard deviations. In its own window
 * of n a z-score cannot pass sqrt(n - 1), and a mean and deviation are themselves moved by the
 * spike.
 *
 * <p>Level: the median of the last {@value #WINDOW} observations, moved down by their drift, since
 * a falling loss lies above its next value. Scale: the largest of 1.4826 MAD, 0.5 % of the median,
 * and the rounding step of the series, as a log rounded to 0.01 has a MAD of zero.
 */
public final class SpikeScore {

  /** Observations in the window. */
  public static final int WINDOW = 128;

  /** Observations before the first score. */
  public static final int ARMED_AFTER = 16;

  private static final double RELATIVE_FLOOR = 0.005;
  private static final double ABSOLUTE_FLOOR = 1e-12;

  /** Values that repeat more than this have been rounded. */
  private static final double DISTINCT_SHARE = 0.7;

  private SpikeScore() {}

  /** An empty window of the right size. */
  public static SampleWindow emptyWindow() {
    return SampleWindow.ofCapacity(WINDOW);
  }

  /**
   * The score of {@code value} against {@code before}.
   *
   * @return robust standard deviations above the level, negative below; null while the window fills
   *     or if the value is missing or not finite
   */
  public static @Nullable Double of(@Nullable Double value, SampleWindow before) {
    if (value == null || !Double.isFinite(value) || before.size() < ARMED_AFTER) {
      return null;
    }
    double[] values = before.toArray();
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double median = Medians.ofSorted(sorted);
    double scale =
        Math.max(
            Math.max(Medians.deviation(values, median), RELATIVE_FLOOR * Math.abs(median)),
            Math.max(roundingStep(sorted), ABSOLUTE_FLOOR));
    double score = (value - level(values, median)) / scale;
    return Double.isFinite(score) ? score : null;
  }

  /** The median, less twice what the newer half's median lies below it. */
  private static double level(double[] values, double median) {
    if (values.length < WINDOW / 2) {
      return median;
    }
    double newer =
        Medians.median(Arrays.copyOfRange(values, values.length - WINDOW / 2, values.length));
    return median + Math.min(0, 2 * (newer - median));
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
