package io.evenkeel.ui.chart;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Buckets as a line draws them: of each its step, and three values in the order in which the line
 * takes them: the least and the largest, so that a spike of one step stays, and the last. A bucket
 * of NaN where steps are missing, or where a value has no place on the axis, breaks the line.
 */
final class ChartPoints {
  /** Values of a bucket. */
  static final int PARTS = 3;

  // Two neighbours further apart than this many usual distances have something missing between
  // them.
  private static final double GAP = 1.5;

  // Outside of these a float has fewer digits than it should, or none.
  private static final double FLOAT_LEAST = 1e-37;
  private static final double FLOAT_MOST = 3e38;

  private final double[] steps;
  private final double[] values;
  private int size;

  private ChartPoints(int most) {
    steps = new double[most];
    values = new double[PARTS * most];
  }

  /** All points of a series. */
  static ChartPoints of(List<Point> points, Scale scale) {
    return after(points, 0, scale);
  }

  /** The points from index {@code first} on, with the gap before it, if there is one. */
  static ChartPoints after(List<Point> points, int first, Scale scale) {
    ChartPoints drawn = new ChartPoints(2 * (points.size() - first));
    double usual = usualDistance(points);
    double previousEnd = Double.NaN;
    for (int i = first; i < points.size(); i++) {
      Point point = points.get(i);
      if (i > 0 && point.step() - points.get(i - 1).step() > GAP * usual) {
        drawn.add(points.get(i - 1).step() + 1, Double.NaN, Double.NaN, Double.NaN);
        previousEnd = Double.NaN;
      }
      previousEnd = drawn.draw(point, scale, previousEnd);
    }
    return drawn;
  }

  // Returns the value at which the line leaves the bucket, NaN when it is broken off.
  private double draw(Point point, Scale scale, double previousEnd) {
    double low = placed(point.min(), scale);
    double high = placed(point.max(), scale);
    double last = placed(point.last(), scale);
    if (Double.isNaN(low) || Double.isNaN(high)) {
      double only = Double.isNaN(high) ? low : high;
      add(point.step(), only, only, only);
      return only;
    }
    // The shorter way first, so that the line goes up and down once in a bucket and not twice.
    boolean rises =
        Double.isNaN(previousEnd) || Math.abs(previousEnd - low) <= Math.abs(previousEnd - high);
    double end = Double.isNaN(last) ? (rises ? high : low) : last;
    add(point.step(), rises ? low : high, rises ? high : low, end);
    return end;
  }

  private void add(long step, double first, double second, double third) {
    steps[size] = step;
    values[PARTS * size] = first;
    values[PARTS * size + 1] = second;
    values[PARTS * size + 2] = third;
    size++;
  }

  /** The steps, as base64 of doubles, the lowest byte first. */
  String steps() {
    ByteBuffer bytes = buffer(size * Double.BYTES);
    for (int i = 0; i < size; i++) {
      bytes.putDouble(steps[i]);
    }
    return base64(bytes);
  }

  /** The values, as base64 of floats, or of doubles where {@link #isWide}. */
  String values() {
    boolean wide = isWide();
    ByteBuffer bytes = buffer(PARTS * size * (wide ? Double.BYTES : Float.BYTES));
    for (int i = 0; i < PARTS * size; i++) {
      if (wide) {
        bytes.putDouble(values[i]);
      } else {
        bytes.putFloat((float) values[i]);
      }
    }
    return base64(bytes);
  }

  /** Whether some value is beyond what a float holds. */
  boolean isWide() {
    for (int i = 0; i < PARTS * size; i++) {
      double distance = Math.abs(values[i]);
      if (distance > FLOAT_MOST || (distance < FLOAT_LEAST && distance > 0)) {
        return true;
      }
    }
    return false;
  }

  /** Floats as base64, the lowest byte of each first. */
  static String base64(float[] floats) {
    ByteBuffer bytes = buffer(floats.length * Float.BYTES);
    for (float value : floats) {
      bytes.putFloat(value);
    }
    return base64(bytes);
  }

  private static ByteBuffer buffer(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String base64(ByteBuffer bytes) {
    return Base64.getEncoder().encodeToString(bytes.array());
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
