package io.evenkeel.analytics.signal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The last finite values of a series, oldest first. Immutable. NaN and infinity never enter: one of
 * them would make every statistic of the window NaN.
 */
public final class SampleWindow {

  private static final double[] NO_VALUES = new double[0];

  private final int capacity;
  private final double[] values;

  /**
   * The values in ascending order, once they have been asked for; a window that follows changes its
   * predecessor's in two places instead of sorting again. Whoever finds it missing makes the same.
   */
  private volatile double @Nullable [] ascending;

  private SampleWindow(int capacity, double[] values) {
    this.capacity = capacity;
    this.values = values;
  }

  /**
   * An empty window.
   *
   * @param capacity most values kept, &gt;= 1
   */
  public static SampleWindow ofCapacity(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1");
    }
    return new SampleWindow(capacity, NO_VALUES);
  }

  /** This window with {@code value} as its newest; this window if the value is not finite. */
  public SampleWindow with(double value) {
    if (!Double.isFinite(value)) {
      return this;
    }
    int kept = Math.min(values.length, capacity - 1);
    double[] next = new double[kept + 1];
    System.arraycopy(values, values.length - kept, next, 0, kept);
    next[kept] = value;
    SampleWindow window = new SampleWindow(capacity, next);
    double[] sorted = ascending;
    if (sorted != null) {
      window.ascending =
          kept == values.length
              ? Ascending.with(sorted, value)
              : Ascending.with(sorted, value, values[0]);
    }
    return window;
  }

  /** The newest values of this window in one of another capacity; this window if it is the same. */
  public SampleWindow withCapacity(int newCapacity) {
    return newCapacity == capacity ? this : new SampleWindow(newCapacity, newest(newCapacity));
  }

  /** Number of values. */
  public int size() {
    return values.length;
  }

  /** Whether the window holds as many values as it can. */
  public boolean full() {
    return values.length == capacity;
  }

  /** A copy, oldest first. */
  public double[] toArray() {
    return values.clone();
  }

  /** A copy of the newest {@code count} values, oldest first; fewer if there are fewer. */
  public double[] newest(int count) {
    return Arrays.copyOfRange(values, Math.max(0, values.length - count), values.length);
  }

  /** How many values are at least {@code limit}: cheaper than a median where that suffices. */
  public int countFrom(double limit) {
    int count = 0;
    for (double value : values) {
      count += value >= limit ? 1 : 0;
    }
    return count;
  }

  /** The median; NaN when empty. */
  public double median() {
    return Medians.ofSorted(sorted());
  }

  /** The values in ascending order, -0 before 0: not a copy, and not to be changed. */
  double[] sorted() {
    double[] sorted = ascending;
    if (sorted == null) {
      sorted = values.clone();
      Arrays.sort(sorted);
      ascending = sorted;
    }
    return sorted;
  }

  /** Writes the window; {@link #read} reads it back. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(capacity);
    out.writeInt(values.length);
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static SampleWindow read(DataInput in) throws IOException {
    int capacity = in.readInt();
    double[] values = new double[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readDouble();
    }
    return new SampleWindow(capacity, values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SampleWindow window
        && capacity == window.capacity
        && Arrays.equals(values, window.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
