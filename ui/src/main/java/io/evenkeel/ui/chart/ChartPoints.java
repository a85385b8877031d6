package io.evenkeel.ui.chart;

import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Turns buckets into what a line can draw: the least and the largest value of each, so that a spike
 * of one step stays; an empty point where steps are missing; nothing where a value has no place on
 * the axis.
 */
final class ChartPoints {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  // Two neighbours further apart than this many usual distances have something missing between
  // them.
  private static final double GAP = 1.5;

  private ChartPoints() {}

  /** All points of a series as [[step, value or null], ...]. */
  static ArrayNode of(List<Point> points, Scale scale) {
    return after(points, 0, scale);
  }

  /** The points from index {@code first} on, with the gap before it, if there is one. */
  static ArrayNode after(List<Point> points, int first, Scale scale) {
    ArrayNode drawn = JSON.arrayNode();
    double usual = usualDistance(points);
    double previousEnd = Double.NaN;
    for (int i = first; i < points.size(); i++) {
      Point point = points.get(i);
      if (i > 0 && point.step() - points.get(i - 1).step() > GAP * usual) {
        drawn.add(JSON.arrayNode().add(points.get(i - 1).step() + 1).addNull());
        previousEnd = Double.NaN;
      }
      previousEnd = draw(drawn, point, scale, previousEnd);
    }
    return drawn;
  }

  // Returns the value at which the line leaves the bucket, NaN when it is broken off.
  private static double draw(ArrayNode drawn, Point point, Scale scale, double previousEnd) {
    double low = placed(point.min(), scale);
    double high = placed(point.max(), scale);
    double last = placed(point.last(), scale);
    if (Double.isNaN(low) && Double.isNaN(high)) {
      drawn.add(JSON.arrayNode().add(point.step()).addNull());
      return Double.NaN;
    }
    if (Double.isNaN(low) || Double.isNaN(high) || low == high) {
      double only = Double.isNaN(high) ? low : high;
      add(drawn, point.step(), only);
      return only;
    }
    // The shorter way first, so that the line goes up and down once in a bucket and not twice.
    boolean rises =
        Double.isNaN(previousEnd) || Math.abs(previousEnd - low) <= Math.abs(previousEnd - high);
    add(drawn, point.step(), rises ? low : high);
    add(drawn, point.step(), rises ? high : low);
    double end = Double.isNaN(last) ? (rises ? high : low) : last;
    if (end != low && end != high) {
      add(drawn, point.step(), end);
    }
    return end;
  }

  private static void add(ArrayNode drawn, long step, double value) {
    drawn.add(JSON.arrayNode().add(step).add(rounded(value)));
  }

  // As many digits as a float has are more than any screen shows, and half the bytes.
  static double rounded(double value) {
    double size = Math.abs(value);
    if (size == 0 || !Double.isFinite(value)) {
      return value;
    }
    if (size > 1e-30 && size < 1e30) {
      return Double.parseDouble(Float.toString((float) value));
    }
    return Double.parseDouble(String.format(java.util.Locale.ROOT, "%.6g", value));
  }

  private static double placed(double value, Scale scale) {
    if (!Double.isFinite(value) || (scale == Scale.LOGARITHMIC && value <= 0)) {
      return Double.NaN;
    }
    return value;
  }

  private static double usualDistance(List<Point> points) {
    int n = points.size();
    if (n < 3) {
      return Double.POSITIVE_INFINITY;
    }
    long[] distances = new long[n - 1];
    for (int i = 1; i < n; i++) {
      distances[i - 1] = points.get(i).step() - points.get(i - 1).step();
    }
    Arrays.sort(distances);
    // The upper quartile: the wide buckets of the past count, not the single steps at the live end.
    return Math.max(1, distances[(int) (0.75 * (distances.length - 1))]);
  }
}
