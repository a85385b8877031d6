package io.evenkeel.analytics.detect;

/**
 * Exponential moving averages that begin as plain means, so that the first sample weighs no more.
 */
final class Averages {

  private Averages() {}

  /**
   * The average after one more sample.
   *
   * @param before the average so far
   * @param samples samples so far
   * @param weight of a sample once there are many
   */
  static double next(double before, long samples, double sample, double weight) {
    double w = Math.max(weight, 1.0 / (samples + 1));
    return before + w * (sample - before);
  }

  /**
   * The same on a logarithmic scale, for ratios that span decades: one wild sample moves it little,
   * and it comes down as fast as it went up.
   *
   * @param least samples below count as this
   * @param most samples above count as this
   */
  static double nextOfLogs(
      double logBefore, long samples, double sample, double weight, double least, double most) {
    return next(logBefore, samples, Math.log(Math.min(most, Math.max(least, sample))), weight);
  }
}
