package io.evenkeel.contract.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleConsumer;

/**
 * An immutable vector over experts, [N+Z] or empty; entries may be NaN or infinite. Equal by
 * content. Its entries are its own, or stand in the message that they came in: {@link #inPlace}.
 */
public final class ExpertVector {

  private static final VarHandle REAL =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] NO_MESSAGE = {};

  /** The empty vector: not measured. */
  public static final ExpertVector EMPTY = new ExpertVector(new double[0]);

  /** Its own entries; empty if they stand in a message. */
  private final double[] values;

  private final byte[] message;
  private final int offset;
  private final int size;

  private ExpertVector(double[] values) {
    this.values = values;
    this.message = NO_MESSAGE;
    this.offset = 0;
    this.size = values.length;
  }

  private ExpertVector(byte[] message, int offset, int size) {
    this.values = EMPTY.values;
    this.message = message;
    this.offset = offset;
    this.size = size;
  }

  /** Copies {@code values}. */
  public static ExpertVector of(double... values) {
    return values.length == 0 ? EMPTY : new ExpertVector(values.clone());
  }

  /** Copies {@code values}. */
  public static ExpertVector copyOf(List<Double> values) {
    double[] copy = new double[values.size()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values.get(i);
    }
    return copy.length == 0 ? EMPTY : new ExpertVector(copy);
  }

  /**
   * A vector whose entries are not copied, for whoever reads a message, adds its numbers up and
   * drops it. As long as it is held the whole message is; {@link #detached} lets go of it.
   *
   * @param message holds the entries, eight bytes each, little-endian; not to be changed any more
   * @param offset where the first begins
   * @param size number of entries
   * @throws IndexOutOfBoundsException if they do not lie in the message
   */
  public static ExpertVector inPlace(byte[] message, int offset, int size) {
    Objects.checkFromIndexSize(offset, (long) size * Double.BYTES, (long) message.length);
    return size == 0 ? EMPTY : new ExpertVector(message, offset, size);
  }

  /** The same with entries of its own. */
  public ExpertVector detached() {
    return message == NO_MESSAGE ? this : new ExpertVector(toArray());
  }

  /** Number of entries; 0 when not measured. */
  public int size() {
    return size;
  }

  /** Entry {@code i}. */
  public double get(int i) {
    return message == NO_MESSAGE
        ? values[i]
        : (double) REAL.get(message, offset + Objects.checkIndex(i, size) * Double.BYTES);
  }

  /** A copy. */
  public double[] toArray() {
    if (message == NO_MESSAGE) {
      return values.clone();
    }
    double[] copy = new double[size];
    ByteBuffer.wrap(message, offset, size * Double.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asDoubleBuffer()
        .get(copy);
    return copy;
  }

  /** Calls {@code action} with each entry in order. */
  public void forEach(DoubleConsumer action) {
    for (int i = 0; i < size; i++) {
      action.accept(get(i));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExpertVector vector && Arrays.equals(entries(), vector.entries());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(entries());
  }

  @Override
  public String toString() {
    return Arrays.toString(entries());
  }

  private double[] entries() {
    return message == NO_MESSAGE ? values : toArray();
  }
}
