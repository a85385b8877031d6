package io.evenkeel.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one YAML mapping and notes what is wrong; a field that is wrong reads as its
 * least value.
 */
final class Section {
  private final String path;
  private final @Nullable JsonNode node;
  private final Problems problems;
  private final Set<String> read = new HashSet<>();

  Section(String path, @Nullable JsonNode node, Problems problems) {
    this.path = path;
    this.node = node;
    this.problems = problems;
    if (node != null && !node.isObject()) {
      problems.add((path.isEmpty() ? "the document" : path) + " must be a mapping");
    }
  }

  /** Whether the field is there. */
  boolean has(String name) {
    return node != null && node.has(name);
  }

  /** The field as it stands, or a missing node. */
  JsonNode raw(String name) {
    read.add(name);
    return node == null ? MissingNode.getInstance() : node.path(name);
  }

  Section section(String name) {
    read.add(name);
    JsonNode child = node == null ? null : node.get(name);
    if (child == null) {
      problems.add(at(name) + " is missing");
    }
    return new Section(at(name), child, problems);
  }

  String text(String name) {
    read.add(name);
    JsonNode child = node == null ? null : node.get(name);
    if (child == null || !child.isValueNode() || child.isNull() || child.asText().isBlank()) {
      problems.add(at(name) + " must be a text");
      return "";
    }
    return child.asText();
  }

  /** One of the constants of an enum, written in lower case. */
  <E extends Enum<E>> E choice(String name, Class<E> kind) {
    E[] constants = kind.getEnumConstants();
    String chosen = text(name);
    for (E constant : constants) {
      if (spelling(constant).equals(chosen)) {
        return constant;
      }
    }
    problems.add(
        at(name)
            + " must be one of "
            + Arrays.stream(constants).map(Section::spelling).collect(Collectors.joining(", ")));
    return constants[0];
  }

  <E extends Enum<E>> E choice(String name, Class<E> kind, E otherwise) {
    return has(name) ? choice(name, kind) : otherwise;
  }

  private static String spelling(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  long integer(String name, long least, long most) {
    double value = number(name, least, most);
    if (value != Math.rint(value)) {
      problems.add(at(name) + " must be a whole number, not " + value);
    }
    return (long) value;
  }

  long integer(String name, long least, long most, long otherwise) {
    return has(name) ? integer(name, least, most) : otherwise;
  }

  int small(String name, int least, int most) {
    return (int) integer(name, least, most);
  }

  int small(String name, int least, int most, int otherwise) {
    return (int) integer(name, least, most, otherwise);
  }

  double number(String name, double least, double most, double otherwise) {
    return has(name) ? number(name, least, most) : otherwise;
  }

  double number(String name, double least, double most) {
    read.add(name);
    if (node == null) {
      return least; // The section itself has been reported.
    }
    JsonNode child = node.get(name);
    if (child == null) {
      problems.add(at(name) + " is missing");
      return least;
    }
    double value = parse(child);
    if (!(value >= least && value <= most)) {
      problems.add(
          at(name) + " must be a number in [" + least + ", " + most + "], not " + child.asText());
      return least;
    }
    return value;
  }

  /** A list of numbers; empty, with the reason among the problems, when it is none. */
  List<Double> numbers(String name) {
    List<Double> numbers = new ArrayList<>();
    JsonNode list = raw(name);
    for (JsonNode item : list) {
      numbers.add(parse(item));
    }
    if (!list.isArray() || numbers.isEmpty() || numbers.stream().anyMatch(n -> n.isNaN())) {
      problems.add(at(name) + " must be a list of numbers");
      return List.of();
    }
    return numbers;
  }

  /** A list of texts; empty, with the reason among the problems, when it is none. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    JsonNode list = raw(name);
    for (JsonNode item : list) {
      texts.add(item.asText());
    }
    if (!list.isArray() || texts.isEmpty() || texts.stream().anyMatch(String::isBlank)) {
      problems.add(at(name) + " must be a list of texts");
      return List.of();
    }
    return texts;
  }

  /** YAML 1.1 takes {@code 1e-3}, without a dot, for a text. */
  static double parse(JsonNode child) {
    if (child.isNumber()) {
      return child.doubleValue();
    }
    try {
      return child.isTextual() ? Double.parseDouble(child.asText()) : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** Reports fields that nobody asked for. */
  void end() {
    if (node != null && node.isObject()) {
      node.fieldNames()
          .forEachRemaining(
              name -> {
                if (!read.contains(name)) {
                  problems.add(at(name) + " is unknown");
                }
              });
    }
  }

  /** Path of a field. */
  String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** What collects problems. */
  Problems problems() {
    return problems;
  }
}
