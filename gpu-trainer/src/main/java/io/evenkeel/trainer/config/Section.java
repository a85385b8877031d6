package io.evenkeel.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one YAML mapping and notes what is wrong; a field that is wrong reads as its
 * least value.
 */
final class Section {
  private final String path;
  private final @Nullable JsonNode node;
  private final List<String> problems;
  private final Set<String> read = new HashSet<>();

  Section(String path, @Nullable JsonNode node, List<String> problems) {
    this.path = path;
    this.node = node;
    this.problems = problems;
    if (node != null && !node.isObject()) {
      problems.add((path.isEmpty() ? "the document" : path) + " must be a mapping");
    }
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
    if (child == null || !child.isTextual() || child.asText().isBlank()) {
      problems.add(at(name) + " must be a text");
      return "";
    }
    return child.asText();
  }

  long integer(String name, long least, long most) {
    double value = number(name, least, most);
    if (value != Math.rint(value)) {
      problems.add(at(name) + " must be a whole number, not " + value);
    }
    return (long) value;
  }

  int small(String name, int least, int most) {
    return (int) integer(name, least, most);
  }

  /** A field that may be left out. */
  int small(String name, int least, int most, int otherwise) {
    read.add(name);
    return node == null || !node.has(name) ? otherwise : small(name, least, most);
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

  /** YAML 1.1 takes {@code 1e-3}, without a dot, for a text. */
  private static double parse(JsonNode child) {
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

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
