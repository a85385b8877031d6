package io.evenkeel.analytics.signal;

import org.jspecify.annotations.Nullable;

/**
 * How far a value lies above the window BEFORE it, in robust standard deviations. In its own window
 * of n a z-score cannot pass sqrt(n - 1), and a mean and deviation are themselves moved by the
 * spike.
 *
 * <p>Level: the median of the last {@value #WINDOW} observations, moved down by their drift, since
 * a falling loss lies above its next value. Scale: the largest of 1.4826 MAD, 0.5 % of the median,
 * and the rounding step of the series, as a log rounded to 0.01 has a MAD of zero.
 *
 * <p>Where the drift exceeds four times the noise between neighbours, as in a run's first hundred
 * steps, median and MAD measure the fall and not the noise, and a rise of several nats would pass
 * unseen: the level is then the median of the newest {@value #NEWEST}, and the scale at most three
 * times the noise. On the labelled public logs this adds no page and loses none. {@link #easier}
 * asks for twice the noise only, where one value alone decides nothing.
 */
public final class SpikeScore {

  /** Observations in the window. */
  public static final int WINDOW = 128;

  /** Observations before the first score. */
  public static final int ARMED_AFTER = 16;

  /** Observations that give the level of a steep series. */
  static final int NEWEST = 16;

  private static final double STEEP = 4;
  private static final double NOISE_TO_SCALE = 3;
  private static final double EASIER_NOISE_TO_SCALE = 2;

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
    return score(value, before, NOISE_TO_SCALE);
  }

  /**
   * The same, for values of which several have to be high: on a steep series the scale is at most
   * twice the noise.
   *
   * @return robust standard deviations above the level, at least those of {@link #of}
   */
  public static @Nullable Double easier(@Nullable Double value, SampleWindow before) {
    return score(value, before, EASIER_NOISE_TO_SCALE);
  }

  private static @Nullable Double score(
      @Nullable Double value, SampleWindow before, double noiseToScale) {
    if (value == null || !Double.isFinite(value) || before.size() < ARMED_AFTER) {
      return null;
    }
    double[] values = before.toArray();
    double[] sorted = before.sorted();
    double median = Medians.ofSorted(sorted);
    double newerHalf = Medians.median(before.newest(values.length / 2));
    double fall = 2 * (median - newerHalf);
    double level = median;
    double scale = Medians.deviation(values, median);
    double noise = noise(values);
    if (fall > STEEP * noise) {
      level = Medians.median(before.newest(NEWEST));
      scale = Math.min(scale, noiseToScale * noise);
    } else if (values.length >= WINDOW / 2) {
      level = median - Math.max(0, fall);
    }
    double floor = Baseline.floor(median, sorted);
    double score = (value - level) / Math.max(scale, floor);
    return Double.isFinite(score) ? score : null;
  }

  /** The deviation that steps between neighbours would have if they were independent. */
  private static double noise(double[] values) {
    double[] steps = new double[values.length - 1];
    for (int i = 1; i < values.length; i++) {
      steps[i - 1] = Math.abs(values[i] - values[i - 1]);
    }
    return Medians.MAD_TO_SIGMA * Medians.median(steps) / Math.sqrt(2);
  }
}
