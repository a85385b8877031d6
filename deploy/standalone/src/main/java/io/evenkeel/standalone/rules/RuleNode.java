package io.evenkeel.standalone.rules;

import io.evenkeel.analytics.rule.RuleIssue;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** One rule of a file: from nodes to a record, with a place for everything that is wrong. */
final class RuleNode {

  private static final List<String> KEYS =
      List.of(
          "rule",
          "expression",
          "threshold",
          "clear_threshold",
          "for",
          "of",
          "clear_for",
          "severity",
          "summary",
          "labels",
          "run",
          "enabled");

  private final MappingNode mapping;
  private final String text;
  private final Map<String, Node> values = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  /**
   * Reads the keys.
   *
   * @param text of the whole file
   */
  RuleNode(MappingNode mapping, String text) {
    this.mapping = mapping;
    this.text = text;
    for (NodeTuple entry : mapping.getValue()) {
      String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
      if (!KEYS.contains(key)) {
        problems.add(
            problem(
                entry.getKeyNode(),
                "there is no key '" + key + "': a rule has " + String.join(", ", KEYS)));
      } else if (values.put(key, entry.getValueNode()) != null) {
        problems.add(problem(entry.getKeyNode(), "'" + key + "' is there twice"));
      }
    }
  }

  /** What is wrong so far. */
  List<Problem> problems() {
    return problems;
  }

  /** The node that a component is in, or the whole rule. */
  Node place(String component) {
    return values.getOrDefault(component, mapping);
  }

  /** The record; empty if it cannot be made at all. */
  Optional<AlertRule> rule(String author, Instant now) {
    String id = text("rule", "");
    if (id.isEmpty()) {
      problems.add(problem(place("rule"), "a rule needs an id: 'rule: ID'"));
    }
    String expression = text("expression", "");
    double threshold = number("threshold", Double.NaN);
    int forSteps = count("for", 1);
    TreeMap<String, String> labels = labels();
    String summary = text("summary", "");
    if (!summary.isBlank()) {
      labels.put("summary", summary);
    }
    if (expression.isBlank() && Double.isNaN(threshold)) {
      problems.add(
          problem(mapping, "a rule needs an expression, or a threshold of a built-in one"));
    }
    try {
      return Optional.of(
          new AlertRule(
              id.isEmpty() ? "unnamed-" + (mapping.getStartMark().getLine() + 1) : id,
              expression,
              severity(),
              threshold,
              number("clear_threshold", threshold),
              forSteps,
              count("of", forSteps),
              count("clear_for", 1),
              enabled(),
              text("run", ""),
              labels,
              author,
              now));
    } catch (IllegalArgumentException e) {
      problems.add(problem(mapping, inTheFilesWords(String.valueOf(e.getMessage()))));
      return Optional.empty();
    }
  }

  private static String inTheFilesWords(String message) {
    return message
        .replace("clearForSteps", "clear_for")
        .replace("forSteps", "for")
        .replace("ofSteps", "of");
  }

  private String text(String key, String otherwise) {
    Node node = values.get(key);
    if (node == null) {
      return otherwise;
    }
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    problems.add(problem(node, "'" + key + "' must be a text"));
    return otherwise;
  }

  private double number(String key, double otherwise) {
    String written = text(key, "");
    if (written.isEmpty()) {
      return otherwise;
    }
    try {
      double value = Double.parseDouble(written);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    problems.add(problem(place(key), "'" + key + "' must be a finite number"));
    return otherwise;
  }

  private int count(String key, int otherwise) {
    String written = text(key, "");
    if (written.isEmpty()) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(written);
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    problems.add(problem(place(key), "'" + key + "' must be a number of steps, at least 1"));
    return otherwise;
  }

  private Severity severity() {
    String written = text("severity", "warning");
    for (Severity severity : Severity.values()) {
      if (severity.name().toLowerCase(Locale.ROOT).equals(written)) {
        return severity;
      }
    }
    problems.add(
        problem(
            place("severity"),
            "'severity' must be one of "
                + Arrays.stream(Severity.values())
                    .map(severity -> severity.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "))));
    return Severity.WARNING;
  }

  private RuleState enabled() {
    String written = text("enabled", "true");
    if (!written.equals("true") && !written.equals("false")) {
      problems.add(problem(place("enabled"), "'enabled' must be true or false"));
    }
    return written.equals("false") ? RuleState.DISABLED : RuleState.ENABLED;
  }

  private TreeMap<String, String> labels() {
    TreeMap<String, String> labels = new TreeMap<>();
    Node node = values.get("labels");
    if (node instanceof MappingNode entries) {
      for (NodeTuple entry : entries.getValue()) {
        if (entry.getKeyNode() instanceof ScalarNode key
            && entry.getValueNode() instanceof ScalarNode value) {
          labels.put(key.getValue(), value.getValue());
        } else {
          problems.add(problem(entry.getValueNode(), "a label must be a text"));
        }
      }
    } else if (node != null) {
      problems.add(problem(node, "'labels' must be a mapping of texts"));
    }
    return labels;
  }

  /** Where in the file an error of the checked rule is. */
  Problem locate(RuleIssue issue) {
    Node node = place(issue.component());
    String message =
        issue.component().equals("expression") || !values.containsKey(issue.component())
            ? issue.message()
            : "'" + issue.component() + "' " + issue.message();
    if (issue.line() == 0 || !(node instanceof ScalarNode scalar)) {
      return problem(
          node, missing(issue) ? "the rule gives a number: it needs a threshold" : message);
    }
    return new Within(scalar, text).problem(issue.line(), issue.column(), message);
  }

  private boolean missing(RuleIssue issue) {
    return issue.component().endsWith("threshold") && !values.containsKey("threshold");
  }

  static Problem problem(Node node, String message) {
    return new Problem(
        node.getStartMark().getLine() + 1, node.getStartMark().getColumn() + 1, message);
  }

  /** From a place in a text to the place in the file where the text is written. */
  private record Within(ScalarNode scalar, String file) {

    Problem problem(int line, int column, String message) {
      int firstLine = scalar.getStartMark().getLine();
      if (scalar.getScalarStyle() == ScalarStyle.LITERAL) {
        return new Problem(firstLine + 1 + line, indentation(firstLine + 1) + column, message);
      }
      boolean oneLine = firstLine == scalar.getEndMark().getLine();
      String written = written();
      int quote = scalar.getScalarStyle() == ScalarStyle.PLAIN ? 0 : 1;
      boolean asWritten =
          written.length() >= 2 * quote
              && written.substring(quote, written.length() - quote).equals(scalar.getValue());
      int start = scalar.getStartMark().getColumn();
      return oneLine && asWritten
          ? new Problem(firstLine + 1, start + quote + column, message)
          : new Problem(
              firstLine + 1,
              start + 1,
              message + " (" + line + ":" + column + " of the expression)");
    }

    private String written() {
      int from = scalar.getStartMark().getColumn();
      String line = line(scalar.getStartMark().getLine());
      int to = Math.min(line.length(), scalar.getEndMark().getColumn());
      return from <= to ? line.substring(from, to) : "";
    }

    /** Of the first line that is not blank. */
    private int indentation(int from) {
      for (int i = from; i <= scalar.getEndMark().getLine(); i++) {
        String line = line(i);
        if (!line.isBlank()) {
          return line.length() - line.stripLeading().length();
        }
      }
      return 0;
    }

    private String line(int index) {
      @Nullable String found = file.lines().skip(index).findFirst().orElse(null);
      return found == null ? "" : found;
    }
  }
}
