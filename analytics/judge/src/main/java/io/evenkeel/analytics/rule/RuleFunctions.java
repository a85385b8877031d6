package io.evenkeel.analytics.rule;

import static dev.cel.common.CelFunctionDecl.newFunctionDeclaration;
import static dev.cel.common.CelOverloadDecl.newGlobalOverload;
import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.DOUBLE;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.StructType;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelUnknownSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * Functions beside CEL's own: statistics over lists, a little arithmetic, and whole numbers where
 * CEL would insist on {@code 2.0}. One that has no value, such as the mean of nothing, is unknown.
 */
final class RuleFunctions {

  private static final CelType FIGURES = ListType.create(DOUBLE);

  /** Operators over a figure and a whole number. */
  private enum Mixed {
    ADD("_+_", Double::sum),
    SUBTRACT("_-_", (a, b) -> a - b),
    MULTIPLY("_*_", (a, b) -> a * b),
    DIVIDE("_/_", (a, b) -> a / b);

    final String operator;
    final DoubleBinaryOperator arithmetic;

    Mixed(String operator, DoubleBinaryOperator arithmetic) {
      this.operator = operator;
      this.arithmetic = arithmetic;
    }
  }

  /** Functions of one figure. */
  private enum Single {
    ABS(Math::abs),
    SQRT(Math::sqrt),
    LN(Math::log);

    final DoubleUnaryOperator function;

    Single(DoubleUnaryOperator function) {
      this.function = function;
    }
  }

  /** Functions of a list; unknown of an empty one. */
  private enum Statistic {
    MAX(list -> list.stream().mapToDouble(RuleFunctions::figure).max().orElse(Double.NaN)),
    MIN(list -> list.stream().mapToDouble(RuleFunctions::figure).min().orElse(Double.NaN)),
    SUM(list -> list.stream().mapToDouble(RuleFunctions::figure).sum()),
    MEAN(list -> list.stream().mapToDouble(RuleFunctions::figure).average().orElse(Double.NaN));

    final ToDoubleFunction<List<?>> function;

    Statistic(ToDoubleFunction<List<?>> function) {
      this.function = function;
    }
  }

  /** The names that are ours, for suggestions. */
  static final List<String> NAMES = List.of("abs", "sqrt", "ln", "max", "min", "sum", "mean");

  private RuleFunctions() {}

  static List<CelFunctionDecl> declarations(List<StructType> structs) {
    List<CelFunctionDecl> all = new ArrayList<>();
    for (Mixed mixed : Mixed.values()) {
      all.add(mixed(mixed.operator, name(mixed), DOUBLE));
    }
    all.add(mixed("_==_", "equals", BOOL));
    all.add(mixed("_!=_", "not_equals", BOOL));
    for (Single single : Single.values()) {
      all.add(
          newFunctionDeclaration(
              name(single),
              newGlobalOverload(name(single) + "_double", DOUBLE, DOUBLE),
              newGlobalOverload(name(single) + "_int", DOUBLE, INT)));
    }
    for (Statistic statistic : Statistic.values()) {
      all.add(
          newFunctionDeclaration(
              name(statistic), newGlobalOverload(name(statistic) + "_list", DOUBLE, FIGURES)));
    }
    List<CelOverloadDecl> has = new ArrayList<>();
    structs.forEach(
        struct -> has.add(newGlobalOverload("has_" + struct.name(), BOOL, struct, STRING)));
    has.add(newGlobalOverload("has_key", BOOL, MapType.create(STRING, DOUBLE), STRING));
    all.add(newFunctionDeclaration(RuleEnvironment.HAS, has));
    return all;
  }

  private static CelFunctionDecl mixed(String operator, String name, CelType result) {
    return newFunctionDeclaration(
        operator,
        newGlobalOverload(name + "_double_int", result, DOUBLE, INT),
        newGlobalOverload(name + "_int_double", result, INT, DOUBLE));
  }

  static List<CelFunctionBinding> bindings(List<StructType> structs) {
    List<CelFunctionBinding> all = new ArrayList<>();
    for (Mixed mixed : Mixed.values()) {
      DoubleBinaryOperator arithmetic = mixed.arithmetic;
      all.add(binary(name(mixed) + "_double_int", arithmetic, Double.class, Long.class));
      all.add(binary(name(mixed) + "_int_double", arithmetic, Long.class, Double.class));
    }
    all.add(same("equals_double_int", Double.class, Long.class));
    all.add(same("equals_int_double", Long.class, Double.class));
    all.add(differ("not_equals_double_int", Double.class, Long.class));
    all.add(differ("not_equals_int_double", Long.class, Double.class));
    for (Single single : Single.values()) {
      all.add(unary(name(single) + "_double", single.function, Double.class));
      all.add(unary(name(single) + "_int", single.function, Long.class));
    }
    for (Statistic statistic : Statistic.values()) {
      all.add(overList(name(statistic) + "_list", statistic.function));
    }
    structs.forEach(struct -> all.add(has("has_" + struct.name())));
    all.add(has("has_key"));
    return all;
  }

  @SuppressWarnings("Immutable") // operators without state
  private static <A extends Number, B extends Number> CelFunctionBinding binary(
      String id, DoubleBinaryOperator operator, Class<A> left, Class<B> right) {
    return CelFunctionBinding.from(
        id, left, right, (a, b) -> operator.applyAsDouble(a.doubleValue(), b.doubleValue()));
  }

  private static <A extends Number, B extends Number> CelFunctionBinding same(
      String id, Class<A> left, Class<B> right) {
    return CelFunctionBinding.from(id, left, right, (a, b) -> a.doubleValue() == b.doubleValue());
  }

  private static <A extends Number, B extends Number> CelFunctionBinding differ(
      String id, Class<A> left, Class<B> right) {
    return CelFunctionBinding.from(id, left, right, (a, b) -> a.doubleValue() != b.doubleValue());
  }

  @SuppressWarnings("Immutable") // operators without state
  private static <A extends Number> CelFunctionBinding unary(
      String id, DoubleUnaryOperator operator, Class<A> argument) {
    return CelFunctionBinding.from(
        id, argument, a -> known(operator.applyAsDouble(a.doubleValue())));
  }

  @SuppressWarnings({"Immutable", "rawtypes"}) // functions without state; a list's class is raw
  private static CelFunctionBinding overList(String id, ToDoubleFunction<List<?>> function) {
    return CelFunctionBinding.from(
        id, List.class, list -> known(function.applyAsDouble((List<?>) list)));
  }

  @SuppressWarnings("rawtypes") // a map's class is raw
  private static CelFunctionBinding has(String id) {
    return CelFunctionBinding.from(
        id, Map.class, String.class, (map, name) -> ((Map<?, ?>) map).get(name) != null);
  }

  private static Object known(double value) {
    return Double.isNaN(value) ? CelUnknownSet.create(0L) : (Object) value;
  }

  private static double figure(Object value) {
    return ((Number) value).doubleValue();
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
