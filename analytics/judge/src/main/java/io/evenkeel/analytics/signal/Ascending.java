package io.evenkeel.analytics.signal;

import java.util.Arrays;

/** Ascending samples with a value more, or one instead of another; in the order of a sort. */
final class Ascending {

  private Ascending() {}

  /**
   * A sample with one value more.
   *
   * @param sorted ascending, without NaN; stays as it is
   * @param value finite
   */
  static double[] with(double[] sorted, double value) {
    int at = place(sorted, value);
    double[] next = new double[sorted.length + 1];
    System.arraycopy(sorted, 0, next, 0, at);
    next[at] = value;
    System.arraycopy(sorted, at, next, at + 1, sorted.length - at);
    return next;
  }

  /**
   * A sample with one value instead of another.
   *
   * @param sorted ascending, without NaN; stays as it is
   * @param value finite
   * @param gone one of the sample
   */
  static double[] with(double[] sorted, double value, double gone) {
    int to = place(sorted, value);
    int from = Arrays.binarySearch(sorted, gone);
    double[] next = sorted.clone();
    if (from < to) {
      to--;
      System.arraycopy(sorted, from + 1, next, from, to - from);
    } else {
      System.arraycopy(sorted, to, next, to + 1, from - to);
    }
    next[to] = value;
    return next;
  }

  private static int place(double[] sorted, double value) {
    int found = Arrays.binarySearch(sorted, value);
    return found < 0 ? -found - 1 : found;
  }
}
