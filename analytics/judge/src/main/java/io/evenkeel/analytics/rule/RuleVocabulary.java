package io.evenkeel.analytics.rule;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The words that an expression may use, for an editor to complete. The checker knows the same. */
public final class RuleVocabulary {

  /**
   * A word.
   *
   * @param owner empty for a variable or a function; else the record that has this field: {@code
   *     layer}, {@code activation} or {@code tensor}
   * @param name as it is written
   * @param kind what it is
   * @param type its type, for people
   * @param meaning a clause for people
   */
  public record Word(String owner, String name, Kind kind, String type, String meaning) {}

  /** What a word is. */
  public enum Kind {
    /** A variable of the step. */
    VARIABLE,
    /** A field of a record. */
    FIELD,
    /** A function, or a macro over a list. */
    FUNCTION
  }

  private RuleVocabulary() {}

  /** All words, in the order in which people look for them. */
  public static List<Word> words() {
    List<Word> words = new ArrayList<>();
    add(words, "", Kind.VARIABLE, Signals.STEP);
    add(words, "layer", Kind.FIELD, Signals.LAYERS);
    add(words, "activation", Kind.FIELD, Signals.ACTIVATIONS);
    add(words, "tensor", Kind.FIELD, Signals.TENSORS);
    function(words, "", "max", "number", "largest of a list");
    function(words, "", "min", "number", "least of a list");
    function(words, "", "sum", "number", "sum of a list");
    function(words, "", "mean", "number", "mean of a list");
    function(words, "", "size", "whole number", "elements of a list");
    function(words, "", "abs", "number", "magnitude");
    function(words, "", "sqrt", "number", "square root");
    function(words, "", "ln", "number", "natural logarithm");
    function(words, "", "has", "true or false", "whether it was measured at this step");
    function(words, "list", "exists", "true or false", "some element: exists(x, condition)");
    function(words, "list", "all", "true or false", "every element: all(x, condition)");
    function(words, "list", "exists_one", "true or false", "just one: exists_one(x, condition)");
    function(words, "list", "filter", "list", "those that hold: filter(x, condition)");
    function(words, "list", "map", "list", "a value of each: map(x, value)");
    function(words, "text", "startsWith", "true or false", "begins with a text");
    function(words, "text", "endsWith", "true or false", "ends with a text");
    function(words, "text", "contains", "true or false", "holds a text");
    return List.copyOf(words);
  }

  private static <T> void add(List<Word> words, String owner, Kind kind, SignalStruct<T> struct) {
    struct
        .fields()
        .forEach(
            (name, field) ->
                words.add(new Word(owner, name, kind, said(field.type()), field.meaning())));
  }

  private static void function(
      List<Word> words, String owner, String name, String type, String meaning) {
    words.add(new Word(owner, name, Kind.FUNCTION, type, meaning));
  }

  private static String said(CelType type) {
    if (type instanceof ListType list) {
      return "list of " + list.elemType().name().toLowerCase(Locale.ROOT) + "s";
    }
    if (type instanceof MapType) {
      return "numbers by name";
    }
    return switch (type.kind()) {
      case DOUBLE -> "number";
      case INT -> "whole number";
      case STRING -> "text";
      default -> type.name().toLowerCase(Locale.ROOT);
    };
  }
}
