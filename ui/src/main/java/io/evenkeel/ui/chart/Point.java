package io.evenkeel.ui.chart;

/**
 * The values of a series within one bucket of steps, or at one step. Any of them may be NaN or
 * infinite.
 *
 * @param step first step of the bucket
 * @param min least value that is not NaN
 * @param max largest value; NaN as soon as one value is
 * @param last value at the bucket's last step
 * @param count values in the bucket, &gt;= 1
 */
public record Point(long step, double min, double max, double last, long count) {

  /** One value at one step. */
  public static Point at(long step, double value) {
    return new Point(step, value, value, value, 1);
  }

  /** The same bucket with the values of a later one in it. */
  public Point with(Point later) {
    double least =
        Double.isNaN(min) ? later.min : Double.isNaN(later.min) ? min : Math.min(min, later.min);
    return new Point(step, least, Math.max(max, later.max), later.last, count + later.count);
  }

  /** Whether a value in it is NaN or infinite. */
  public boolean holdsNonFinite() {
    return !Double.isFinite(min) || !Double.isFinite(max) || !Double.isFinite(last);
  }
}
