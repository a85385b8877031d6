package io.evenkeel.contract.telemetry;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * An immutable vector over experts, [N+Z] or empty; entries may be NaN or infinite. Equal by
 * content.
 */
public final class ExpertVector {

  /** The empty vector: not measured. */
  public static final ExpertVector EMPTY = new ExpertVector(new double[0]);

  private final double[] values;

  private ExpertVector(double[] values) {
    this.values = values;
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

  /** Number of entries; 0 when not measured. */
  public int size() {
    return values.length;
  }

  /** Entry {@code i}. */
  public double get(int i) {
    return values[i];
  }

  /** A copy. */
  public double[] toArray() {
    return values.clone();
  }

  /** Calls {@code action} with each entry in order. */
  public void forEach(DoubleConsumer action) {
    for (double value : values) {
      action.accept(value);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExpertVector vector && Arrays.equals(values, vector.values);
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
