package io.evenkeel.replay.stored;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An object of an export, by the names of the views' columns. What is not there is null, NaN or
 * nothing.
 *
 * @param fields its fields
 */
record Row(Struct fields) {
  /** Whole numbers beyond this are not exact as JSON numbers. */
  private static final double LARGEST = 1L << 53;

  private Value value(String column) {
    return fields.getFieldsOrDefault(column, Value.getDefaultInstance());
  }

  /**
   * A number; null where there is none.
   *
   * @throws IllegalArgumentException if it is something else
   */
  @Nullable Double figure(String column) {
    return number(column, value(column));
  }

  private static @Nullable Double number(String column, Value value) {
    return switch (value.getKindCase()) {
      case KIND_NOT_SET, NULL_VALUE -> null;
      case NUMBER_VALUE -> (@Nullable Double) value.getNumberValue();
      case STRING_VALUE -> (@Nullable Double) named(column, value.getStringValue());
      default -> throw new IllegalArgumentException(column + " is no number");
    };
  }

  private static double named(String column, String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw new IllegalArgumentException(column + " is no number");
    };
  }

  /** A number; NaN where there is none. */
  double number(String column) {
    Double figure = figure(column);
    return figure == null ? Double.NaN : figure;
  }

  /** A number; the other one where there is none, or it is NaN. */
  double number(String column, double otherwise) {
    double number = number(column);
    return Double.isNaN(number) ? otherwise : number;
  }

  /**
   * A whole number; 0 where there is none.
   *
   * @throws IllegalArgumentException if it is not whole, negative, or from 2^53 on
   */
  long count(String column) {
    Double figure = figure(column);
    if (figure == null) {
      return 0;
    }
    if (figure != Math.rint(figure) || figure < 0 || figure >= LARGEST) {
      throw new IllegalArgumentException(column + " is no whole number in [0, 2^53)");
    }
    return figure.longValue();
  }

  /** A text; empty where there is none. */
  String text(String column) {
    return value(column).getStringValue();
  }

  /** A time; empty where there is none. */
  Optional<Instant> time(String column) {
    String text = text(column);
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(column + " is no time", e);
    }
  }

  /** A list of numbers; empty where there is none. */
  double[] vector(String column) {
    List<Value> values = value(column).getListValue().getValuesList();
    double[] vector = new double[values.size()];
    for (int i = 0; i < vector.length; i++) {
      Double entry = number(column, values.get(i));
      vector[i] = entry == null ? Double.NaN : entry;
    }
    return vector;
  }

  /** A list of objects; empty where there is none. */
  List<Row> rows(String column) {
    return value(column).getListValue().getValuesList().stream()
        .map(value -> new Row(value.getStructValue()))
        .toList();
  }

  /** An object of numbers by name. */
  Map<String, Double> numbers(String column) {
    Map<String, Double> numbers = new TreeMap<>();
    value(column)
        .getStructValue()
        .getFieldsMap()
        .forEach(
            (name, value) -> {
              Double number = number(name, value);
              if (number != null) {
                numbers.put(name, number);
              }
            });
    return numbers;
  }
}
