package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.error.Check;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/** Immutable token counts over experts, T_i [N+Z] or empty; each &gt;= 0. Equal by content. */
public final class ExpertLoads {

  /** The empty loads: not measured. */
  public static final ExpertLoads EMPTY = new ExpertLoads(new long[0]);

  private final long[] values;

  private ExpertLoads(long[] values) {
    for (long value : values) {
      Check.notNegative("load", value);
    }
    this.values = values;
  }

  /** Copies {@code values}. */
  public static ExpertLoads of(long... values) {
    return values.length == 0 ? EMPTY : new ExpertLoads(values.clone());
  }

  /** Copies {@code values}. */
  public static ExpertLoads copyOf(List<Long> values) {
    long[] copy = new long[values.size()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values.get(i);
    }
    return copy.length == 0 ? EMPTY : new ExpertLoads(copy);
  }

  /** Number of entries; 0 when not measured. */
  public int size() {
    return values.length;
  }

  /** Entry {@code i}. */
  public long get(int i) {
    return values[i];
  }

  /** A copy. */
  public long[] toArray() {
    return values.clone();
  }

  /** Calls {@code action} with each entry in order. */
  public void forEach(LongConsumer action) {
    for (long value : values) {
      action.accept(value);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExpertLoads loads && Arrays.equals(values, loads.values);
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
