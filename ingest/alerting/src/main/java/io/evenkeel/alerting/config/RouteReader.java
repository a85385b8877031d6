package io.evenkeel.alerting.config;

import io.evenkeel.alerting.config.Fields.Truth;
import io.evenkeel.alerting.route.InhibitRule;
import io.evenkeel.alerting.route.LabelMatcher;
import io.evenkeel.alerting.route.Route;
import io.evenkeel.alerting.route.Timing;
import io.evenkeel.contract.error.ErrorId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads the routing tree and the inhibition rules. */
final class RouteReader {

  private static final List<String> KEYS =
      List.of(
          "receiver",
          "matchers",
          "group_by",
          "group_wait",
          "group_interval",
          "repeat_interval",
          "continue",
          "routes");
  private static final List<String> INHIBIT_KEYS =
      List.of("source_matchers", "target_matchers", "equal");
  private static final int MOST_ROUTES = 1_000;

  private final Set<String> receivers;
  private final List<Problem> problems;
  private int routes;

  /**
   * A reader.
   *
   * @param receivers names that there are
   * @param problems where problems go
   */
  RouteReader(Set<String> receivers, List<Problem> problems) {
    this.receivers = receivers;
    this.problems = problems;
  }

  /** The root: it takes everything, and needs a receiver. */
  Optional<Route> root(Node node) {
    Route ground =
        new Route(
            "", List.of(), Route.DEFAULT_GROUP_BY, Timing.DEFAULT, Route.After.STOP, List.of());
    Route route = route(node, ground);
    Fields fields = new Fields(node, "a route", KEYS, new ArrayList<>());
    if (!fields.has("receiver")) {
      add(node, "the outermost route needs a receiver");
    }
    if (fields.has("matchers") || fields.has("continue")) {
      add(node, "the outermost route takes every alert: it has neither matchers nor continue");
    }
    return Optional.of(route);
  }

  private Route route(Node node, Route parent) {
    Fields fields = new Fields(node, "a route", KEYS, problems);
    if (++routes == MOST_ROUTES + 1) {
      add(node, "there are more than " + MOST_ROUTES + " routes");
    }
    String receiver = fields.text("receiver").orElse(parent.receiver());
    if (fields.has("receiver") && !receivers.contains(receiver)) {
      fields.add(
          fields.place("receiver"),
          ErrorId.ALERTS_RECEIVER,
          "there is no receiver '" + receiver + "'");
    }
    List<String> groupBy = fields.has("group_by") ? groupBy(fields) : parent.groupBy();
    Route own =
        new Route(
            receiver,
            matchers(fields, "matchers"),
            groupBy,
            timing(fields, parent.timing()),
            fields.flag("continue", Truth.NO) ? Route.After.CONTINUE : Route.After.STOP,
            List.of());
    List<Route> children = new ArrayList<>();
    if (routes <= MOST_ROUTES) {
      for (Node child : fields.list("routes")) {
        children.add(route(child, own));
      }
    }
    return new Route(
        own.receiver(), own.matchers(), own.groupBy(), own.timing(), own.after(), children);
  }

  private static List<String> groupBy(Fields fields) {
    List<String> names =
        fields.texts("group_by").stream().map(ScalarNode::getValue).distinct().toList();
    if (names.contains(Route.EACH) && names.size() > 1) {
      fields.add(fields.place("group_by"), "'...' means all labels, and stands alone");
    }
    return names;
  }

  private static Timing timing(Fields fields, Timing inherited) {
    Duration wait = fields.duration("group_wait", inherited.groupWait());
    Duration interval = fields.duration("group_interval", inherited.groupInterval());
    Optional<Duration> repeat = inherited.repeatInterval();
    if (fields.has("repeat_interval")) {
      Duration written = fields.duration("repeat_interval", Duration.ofHours(4));
      repeat = written.isZero() ? Optional.empty() : Optional.of(written);
    }
    try {
      return new Timing(wait, interval, repeat);
    } catch (IllegalArgumentException e) {
      fields.add(fields.place("group_interval"), String.valueOf(e.getMessage()));
      return inherited;
    }
  }

  private List<LabelMatcher> matchers(Fields fields, String key) {
    List<LabelMatcher> matchers = new ArrayList<>();
    for (ScalarNode text : fields.texts(key)) {
      try {
        matchers.add(LabelMatcher.parse(text.getValue()));
      } catch (IllegalArgumentException e) {
        add(text, String.valueOf(e.getMessage()));
      }
    }
    return matchers;
  }

  Optional<InhibitRule> inhibitRule(Node node) {
    Fields fields = new Fields(node, "an inhibition rule", INHIBIT_KEYS, problems);
    int before = problems.size();
    List<LabelMatcher> source = matchers(fields, "source_matchers");
    List<LabelMatcher> target = matchers(fields, "target_matchers");
    List<String> equal = fields.texts("equal").stream().map(ScalarNode::getValue).toList();
    if (problems.size() > before) {
      return Optional.empty();
    }
    try {
      return Optional.of(new InhibitRule(source, target, equal));
    } catch (IllegalArgumentException e) {
      add(node, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void add(Node node, String message) {
    problems.add(Fields.at(node, ErrorId.ALERTS_CONFIG, message));
  }
}
