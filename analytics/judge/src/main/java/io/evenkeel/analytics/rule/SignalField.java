package io.evenkeel.analytics.rule;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A name that an expression may use, and where its value is.
 *
 * @param name as it is written
 * @param type its type
 * @param meaning a clause for people
 * @param reader reads its value; null where it was not measured
 * @param <T> what it is read from
 */
record SignalField<T>(
    String name, CelType type, String meaning, Function<T, @Nullable Object> reader) {

  /** A figure that may not have been measured; NaN counts as not measured. */
  static <T> SignalField<T> figure(
      String name, String meaning, Function<T, @Nullable Double> reader) {
    return new SignalField<>(
        name,
        SimpleType.DOUBLE,
        meaning,
        from -> {
          Double value = reader.apply(from);
          return value == null || value.isNaN() ? null : value;
        });
  }

  /** A figure that is always there, unless it is NaN. */
  static <T> SignalField<T> number(String name, String meaning, ToDoubleFunction<T> reader) {
    return figure(name, meaning, from -> Double.valueOf(reader.applyAsDouble(from)));
  }

  /** A whole number that counts steps or layers, and is compared and divided as such. */
  static <T> SignalField<T> index(String name, String meaning, Function<T, Long> reader) {
    return new SignalField<>(name, SimpleType.INT, meaning, reader::apply);
  }

  /** A text. */
  static <T> SignalField<T> text(String name, String meaning, Function<T, String> reader) {
    return new SignalField<>(name, SimpleType.STRING, meaning, reader::apply);
  }
}
