package io.evenkeel.ui.chart;

/**
 * A part of a run's steps that somebody looks at.
 *
 * @param from first step, &gt;= 0
 * @param to last step, above {@code from}
 */
public record Window(long from, long to) {

  /** Checks the order. */
  public Window {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException("0 <= from < to must hold");
    }
  }

  /** The window around the same middle, so many times as long, within what can be. */
  public Window times(double factor) {
    double middle = (from + (double) to) / 2;
    double half = Math.max(1, (to - (double) from) * factor / 2);
    long low = (long) Math.max(0, middle - half);
    return new Window(low, Math.max(low + 1, (long) Math.min(1L << 52, middle + half)));
  }

  /** The window of the same length, moved by a part of it. */
  public Window moved(double part) {
    long length = to - from;
    long low = (long) Math.max(0, from + part * length);
    return new Window(low, low + length);
  }
}
