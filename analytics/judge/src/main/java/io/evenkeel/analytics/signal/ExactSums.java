package io.evenkeel.analytics.signal;

import io.evenkeel.contract.telemetry.ExpertVector;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A vector of exact sums of doubles: what is read is the true sum, rounded once. So neither the
 * order of the additions nor how they are grouped makes a difference, bit by bit, and ranks can be
 * added up in any number of places (ADR 31).
 *
 * <p>Each entry is an unevaluated sum: a high part, the rounding errors of the high part (Knuth's
 * TwoSum, TAOCP 2, 4.2.2), the rounding errors of those, and a decimal for the rare rest. Planes
 * that are not needed are not there: a vector of one rank is one array, that of many two.
 *
 * <p>NaN and infinities are added apart from the finite values and go before them when read, as in
 * a plain addition. Not thread-safe.
 */
final class ExactSums {

  /** Beyond this an addition might overflow: such values go into the decimals. */
  private static final double LARGEST = 0x1p1000;

  /** Two that are smaller than 2 to this add up to less than {@link #LARGEST}. */
  private static final int MODERATE = 999;

  /** Fewer entries are written and read one by one: the same bytes. */
  private static final int FEW = 16;

  private static final int LOW = 1;
  private static final int LOWEST = 2;
  private static final int NON_FINITE = 4;
  private static final int REST = 8;

  private double[] high;
  private double @Nullable [] low;
  private double @Nullable [] lowest;
  private double @Nullable [] nonFinite;
  private @Nullable TreeMap<Integer, BigDecimal> rest;

  private ExactSums(double[] high) {
    this.high = high;
  }

  /** {@code size} sums of nothing, each 0. */
  static ExactSums ofSize(int size) {
    return new ExactSums(new double[size]);
  }

  /** Entries. */
  int size() {
    return high.length;
  }

  /** Makes room for at least {@code size} entries; new ones are 0. */
  void growTo(int size) {
    if (size > high.length) {
      high = Arrays.copyOf(high, size);
      low = grown(low, size);
      lowest = grown(lowest, size);
      nonFinite = grown(nonFinite, size);
    }
  }

  /** Adds {@code x} to entry {@code i}. */
  void add(int i, double x) {
    double a = high[i];
    double sum = a + x;
    // Not when the sum is NaN either.
    if (!(Math.abs(sum) <= LARGEST)) {
      addExtreme(i, x);
      return;
    }
    double b = sum - a;
    double error = (a - (sum - b)) + (x - b);
    high[i] = sum;
    if (error != 0) {
      addLow(i, error);
    }
  }

  /**
   * Adds each entry of {@code vector} to the entry of the same place.
   *
   * @return entries that are NaN or infinite
   */
  long add(ExpertVector vector) {
    double[] values = vector.toArray();
    if (moderate(values)) {
      addModerate(values);
      return 0;
    }
    long nonFinite = NonFinite.count(values);
    addEach(values);
    return nonFinite;
  }

  /** Adds the sums of {@code other}, exactly; {@code other} stays as it is. */
  void add(ExactSums other) {
    addAll(other.high.clone());
    if (other.low != null) {
      addAll(other.low.clone());
    }
    addErrors(other.lowest);
    for (int i = 0; other.nonFinite != null && i < other.nonFinite.length; i++) {
      if (other.nonFinite[i] != 0) {
        addExtreme(i, other.nonFinite[i]);
      }
    }
    if (other.rest != null) {
      other.rest.forEach(this::addRest);
    }
  }

  private void addAll(double[] values) {
    if (moderate(values)) {
      addModerate(values);
    } else {
      addEach(values);
    }
  }

  private void addEach(double[] values) {
    growTo(values.length);
    for (int i = 0; i < values.length; i++) {
      add(i, values[i]);
    }
  }

  /**
   * Adds each entry as {@link #add(int, double)} does, but all at once: loops without branches
   * become vector instructions.
   *
   * @param values moderate; the caller's to lose: errors take their place
   */
  private void addModerate(double[] values) {
    if (high.length == 0) {
      for (int i = 0; i < values.length; i++) {
        values[i] += 0.0; // -0 is no sum
      }
      high = values;
      return;
    }
    growTo(values.length);
    if (values.length < high.length || !moderate(high)) {
      addEach(values);
      return;
    }
    if (low == null) {
      twoSums(high, values);
      if (!Magnitudes.zero(values)) {
        low = values;
      }
      return;
    }
    twoSums(high, low, values);
    if (Magnitudes.zero(values)) {
      return;
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] != 0) {
        addLowest(i, values[i]);
      }
    }
  }

  /** Adds to each sum, and leaves the rounding errors; no sum overflows. */
  private static void twoSums(double[] sums, double[] values) {
    for (int i = 0; i < sums.length; i++) {
      double a = sums[i];
      double x = values[i];
      double sum = a + x;
      double b = sum - a;
      sums[i] = sum;
      values[i] = (a - (sum - b)) + (x - b);
    }
  }

  /** The same twice: the errors are added to a second plane, and theirs are left. */
  private static void twoSums(double[] sums, double[] errors, double[] values) {
    for (int i = 0; i < sums.length; i++) {
      double a = sums[i];
      double x = values[i];
      double sum = a + x;
      double b = sum - a;
      sums[i] = sum;
      double error = (a - (sum - b)) + (x - b);
      double c = errors[i];
      double second = c + error;
      double d = second - c;
      errors[i] = second;
      values[i] = (c - (second - d)) + (error - d);
    }
  }

  /** Whether sums of two such values are all far from overflow. */
  private static boolean moderate(double[] values) {
    return Magnitudes.below(values, MODERATE);
  }

  private void addErrors(double @Nullable [] plane) {
    for (int i = 0; plane != null && i < plane.length; i++) {
      if (plane[i] != 0) {
        add(i, plane[i]);
      }
    }
  }

  private void addLow(int i, double x) {
    double[] plane = low;
    if (plane == null) {
      plane = new double[high.length];
      low = plane;
    }
    double error = addTo(plane, i, x);
    if (error != 0) {
      addLowest(i, error);
    }
  }

  private void addLowest(int i, double x) {
    double[] plane = lowest;
    if (plane == null) {
      plane = new double[high.length];
      lowest = plane;
    }
    double error = addTo(plane, i, x);
    if (error != 0) {
      addRest(i, new BigDecimal(error));
    }
  }

  /** Adds and returns the rounding error; both are far from overflow. */
  private static double addTo(double[] plane, int i, double x) {
    double a = plane[i];
    double sum = a + x;
    double b = sum - a;
    plane[i] = sum;
    return (a - (sum - b)) + (x - b);
  }

  private void addExtreme(int i, double x) {
    if (Double.isFinite(x)) {
      addRest(i, new BigDecimal(x));
      return;
    }
    if (nonFinite == null) {
      nonFinite = new double[high.length];
    }
    nonFinite[i] += x;
  }

  private void addRest(int i, BigDecimal x) {
    if (rest == null) {
      rest = new TreeMap<>();
    }
    rest.merge(i, x, BigDecimal::add);
  }

  /** The sum of entry {@code i}, correctly rounded. */
  double get(int i) {
    if (nonFinite != null && nonFinite[i] != 0) {
      return nonFinite[i];
    }
    double second = low == null ? 0 : low[i];
    double third = lowest == null ? 0 : lowest[i];
    BigDecimal more = rest == null ? null : rest.get(i);
    if (third == 0 && more == null) {
      return high[i] + second;
    }
    BigDecimal sum = new BigDecimal(high[i]).add(new BigDecimal(second)).add(new BigDecimal(third));
    return (more == null ? sum : sum.add(more)).doubleValue();
  }

  /** All sums. */
  double[] toArray() {
    double[] sums = new double[high.length];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = get(i);
    }
    return sums;
  }

  /** A deep copy. */
  ExactSums copy() {
    ExactSums copy = new ExactSums(high.clone());
    copy.low = low == null ? null : low.clone();
    copy.lowest = lowest == null ? null : lowest.clone();
    copy.nonFinite = nonFinite == null ? null : nonFinite.clone();
    copy.rest = rest == null ? null : new TreeMap<>(rest);
    return copy;
  }

  /** Writes the sums as they are, unrounded; {@link #read} reads them back. */
  void write(DataOutput out) throws IOException {
    out.writeInt(high.length);
    out.writeByte(
        (low == null ? 0 : LOW)
            | (lowest == null ? 0 : LOWEST)
            | (nonFinite == null ? 0 : NON_FINITE)
            | (rest == null ? 0 : REST));
    write(high, out);
    write(low, out);
    write(lowest, out);
    write(nonFinite, out);
    if (rest != null) {
      out.writeInt(rest.size());
      for (Map.Entry<Integer, BigDecimal> entry : rest.entrySet()) {
        out.writeInt(entry.getKey());
        byte[] unscaled = entry.getValue().unscaledValue().toByteArray();
        out.writeInt(entry.getValue().scale());
        out.writeInt(unscaled.length);
        out.write(unscaled);
      }
    }
  }

  static ExactSums read(DataInput in) throws IOException {
    int size = in.readInt();
    int planes = in.readByte();
    ExactSums sums = new ExactSums(readPlane(size, in));
    sums.low = (planes & LOW) == 0 ? null : readPlane(size, in);
    sums.lowest = (planes & LOWEST) == 0 ? null : readPlane(size, in);
    sums.nonFinite = (planes & NON_FINITE) == 0 ? null : readPlane(size, in);
    if ((planes & REST) != 0) {
      TreeMap<Integer, BigDecimal> rest = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        int entry = in.readInt();
        int scale = in.readInt();
        byte[] unscaled = new byte[in.readInt()];
        in.readFully(unscaled);
        rest.put(entry, new BigDecimal(new java.math.BigInteger(unscaled), scale));
      }
      sums.rest = rest;
    }
    return sums;
  }

  private static void write(double @Nullable [] plane, DataOutput out) throws IOException {
    if (plane == null) {
      return;
    }
    if (plane.length < FEW) {
      for (double value : plane) {
        out.writeDouble(value);
      }
    } else {
      ByteBuffer bytes = ByteBuffer.allocate(plane.length * Double.BYTES);
      bytes.asDoubleBuffer().put(plane);
      out.write(bytes.array());
    }
  }

  private static double[] readPlane(int size, DataInput in) throws IOException {
    double[] plane = new double[size];
    if (size < FEW) {
      for (int i = 0; i < size; i++) {
        plane[i] = in.readDouble();
      }
      return plane;
    }
    byte[] bytes = new byte[size * Double.BYTES];
    in.readFully(bytes);
    ByteBuffer.wrap(bytes).asDoubleBuffer().get(plane);
    return plane;
  }

  private static double @Nullable [] grown(double @Nullable [] plane, int size) {
    return plane == null ? null : Arrays.copyOf(plane, size);
  }
}
