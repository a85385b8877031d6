package io.evenkeel.bench.detection;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A real log with what people saw in it.
 *
 * @param name of the log
 * @param telemetry read as {@code replay} reads it
 * @param metrics the values of each metric in the order of the file
 * @param labels of all its metrics
 */
record LabelledLog(
    String name, TelemetrySource telemetry, Map<String, Values> metrics, List<Label> labels) {

  /** What a label says of detection. */
  enum Kind {
    /** Has to be found. */
    EVENT,
    /** Has to be found by rules on progress alone. */
    SLOW,
    /** Found or not. */
    OPTIONAL,
    /** Of a metric outside the three families: found or not. */
    OTHER,
    /** A trap: no fault. */
    TRAP
  }

  /**
   * A label.
   *
   * @param metric its series; {@code step} for the axis itself
   * @param start first step
   * @param end last step
   * @param kind what it means
   * @param word what the label calls it
   */
  record Label(String metric, double start, double end, Kind kind, String word) {}

  /** One metric's values; arrays of equal length that grow. */
  static final class Values {
    private long[] steps = new long[256];
    private double[] values = new double[256];
    private int size;

    void add(long step, double value) {
      if (size == steps.length) {
        steps = Arrays.copyOf(steps, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      steps[size] = step;
      values[size++] = value;
    }

    int size() {
      return size;
    }

    long step(int index) {
      return steps[index];
    }

    double value(int index) {
      return values[index];
    }

    /** The first index at or after a step; the last if there is none. */
    int at(long step) {
      for (int i = 0; i < size; i++) {
        if (steps[i] >= step) {
          return i;
        }
      }
      return size - 1;
    }

    boolean finiteAt(long step) {
      int index = at(step);
      return steps[index] != step || Double.isFinite(values[index]);
    }
  }
}
