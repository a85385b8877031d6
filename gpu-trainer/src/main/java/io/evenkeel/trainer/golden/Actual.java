package io.evenkeel.trainer.golden;

import io.evenkeel.trainer.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was computed, in the form of the golden file's tree. */
sealed interface Actual {
  /** Named members. */
  record Group(Map<String, Actual> members) implements Actual {
    Group() {
      this(new LinkedHashMap<>());
    }

    Group with(String name, Actual member) {
      members.put(name, member);
      return this;
    }
  }

  /** A list of members. */
  record Items(List<? extends Actual> members) implements Actual {}

  /** One number. */
  record Number(double value, Tolerance tolerance) implements Actual {}

  /** A flat list of numbers. */
  final class Numbers implements Actual {
    final double[] values;
    final Tolerance tolerance;

    Numbers(double[] values, Tolerance tolerance) {
      this.values = values.clone();
      this.tolerance = tolerance;
    }
  }

  /** An object of shape and data. */
  final class Array implements Actual {
    final Shape shape;
    final double[] values;
    final Tolerance tolerance;

    Array(Shape shape, double[] values, Tolerance tolerance) {
      this.shape = shape;
      this.values = values.clone();
      this.tolerance = tolerance;
    }
  }

  /** JSON null. */
  enum Nothing implements Actual {
    NULL
  }

  /** A key that informs people and is not compared, but must be there. */
  enum Unchecked implements Actual {
    PRESENT
  }

  static Numbers integers(int[] values) {
    return new Numbers(Arrays.stream(values).asDoubleStream().toArray(), Tolerance.EXACT);
  }
}
