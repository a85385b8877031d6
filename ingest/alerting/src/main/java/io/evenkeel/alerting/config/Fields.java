package io.evenkeel.alerting.config;

import io.evenkeel.contract.error.ErrorId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A mapping of the file: its values by key, and what is wrong with them. */
final class Fields {

  private static final Pattern DURATION =
      Pattern.compile("(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m(?!s))?(?:(\\d+)s)?(?:(\\d+)ms)?");
  private static final int MOST_DIGITS = 9;

  private final Node node;
  private final List<Problem> problems;
  private final Map<String, Node> values = new HashMap<>();

  /**
   * Reads the keys.
   *
   * @param what for people, such as "a route"
   * @param keys what there may be
   * @param problems where problems go
   */
  Fields(Node node, String what, List<String> keys, List<Problem> problems) {
    this.node = node;
    this.problems = problems;
    if (!(node instanceof MappingNode mapping)) {
      add(node, what + " must be a mapping of " + String.join(", ", keys));
      return;
    }
    for (NodeTuple entry : mapping.getValue()) {
      String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
      if (!keys.contains(key)) {
        add(
            entry.getKeyNode(),
            "there is no key '" + key + "': " + what + " has " + String.join(", ", keys));
      } else if (values.put(key, entry.getValueNode()) != null) {
        add(entry.getKeyNode(), "'" + key + "' is there twice");
      }
    }
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** The node of a key, or of the whole mapping. */
  Node place(String key) {
    return values.getOrDefault(key, node);
  }

  void add(Node at, String message) {
    add(at, ErrorId.ALERTS_CONFIG, message);
  }

  void add(Node at, ErrorId id, String message) {
    problems.add(at(at, id, message));
  }

  static Problem at(Node at, ErrorId id, String message) {
    return new Problem(
        at.getStartMark().getLine() + 1, at.getStartMark().getColumn() + 1, id, message);
  }

  Optional<String> text(String key) {
    @Nullable Node value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
      return Optional.of(scalar.getValue().trim());
    }
    add(value, "'" + key + "' must be a text");
    return Optional.empty();
  }

  boolean flag(String key, Truth otherwise) {
    Optional<String> written = text(key);
    if (written.isEmpty()) {
      return otherwise == Truth.YES;
    }
    if (!written.get().equals("true") && !written.get().equals("false")) {
      add(place(key), "'" + key + "' must be true or false");
    }
    return written.get().equals("true");
  }

  /** What holds where nothing is said. */
  enum Truth {
    YES,
    NO;

    static Truth of(boolean value) {
      return value ? YES : NO;
    }
  }

  Duration duration(String key, Duration otherwise) {
    Optional<String> written = text(key);
    if (written.isEmpty()) {
      return otherwise;
    }
    Matcher form = DURATION.matcher(written.get());
    if (!form.matches() || written.get().length() > MOST_DIGITS * 2) {
      add(place(key), "'" + key + "' must be a time such as 30s, 5m, 1h30m or 0s");
      return otherwise;
    }
    try {
      return Duration.ofDays(number(form, 1))
          .plusHours(number(form, 2))
          .plusMinutes(number(form, 3))
          .plusSeconds(number(form, 4))
          .plusMillis(number(form, 5));
    } catch (ArithmeticException | NumberFormatException e) {
      add(place(key), "'" + key + "' is too long a time");
      return otherwise;
    }
  }

  private static long number(Matcher form, int group) {
    String digits = form.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /** The entries of a list; none where it is absent. */
  List<Node> list(String key) {
    @Nullable Node value = values.get(key);
    if (value == null) {
      return List.of();
    }
    if (value instanceof SequenceNode list) {
      return list.getValue();
    }
    add(value, "'" + key + "' must be a list");
    return List.of();
  }

  /** The entries of a list of texts. */
  List<ScalarNode> texts(String key) {
    List<ScalarNode> texts = new ArrayList<>();
    for (Node entry : list(key)) {
      if (entry instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
        texts.add(scalar);
      } else {
        add(entry, "'" + key + "' must be a list of texts");
      }
    }
    return texts;
  }
}
