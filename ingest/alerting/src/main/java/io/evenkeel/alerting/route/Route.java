package io.evenkeel.alerting.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A node of the routing tree. An alert goes down to the deepest nodes that match, in order; after
 * one that matches the next siblings are tried only where it says so.
 *
 * @param receiver who is told
 * @param matchers all of which must hold
 * @param groupBy labels whose values tell groups apart; {@link #EACH} alone: all labels
 * @param timing how often
 * @param after whether later siblings are tried too
 * @param routes children, first match first
 */
public record Route(
    String receiver,
    List<LabelMatcher> matchers,
    List<String> groupBy,
    Timing timing,
    After after,
    List<Route> routes) {

  /** Every alert is a group of its own. */
  public static final String EACH = "...";

  /** What the default route groups by. */
  public static final List<String> DEFAULT_GROUP_BY = List.of(AlertLabels.RUN, AlertLabels.RULE);

  /** Whether later siblings are tried after a match. */
  public enum After {
    STOP,
    CONTINUE
  }

  /** Copies. */
  public Route {
    matchers = List.copyOf(matchers);
    groupBy = List.copyOf(groupBy);
    routes = List.copyOf(routes);
  }

  /**
   * Where an alert goes.
   *
   * @param receiver who is told
   * @param key the group, the same for all alerts that are told together
   * @param labels the group's own labels
   * @param timing how often
   */
  public record Target(
      String receiver, String key, SortedMap<String, String> labels, Timing timing) {}

  /**
   * Where an alert of these labels goes: to each receiver once, by the first way that leads there.
   */
  public List<Target> targets(SortedMap<String, String> alert) {
    List<Target> found = new ArrayList<>();
    collect(alert, "{}", found);
    List<Target> once = new ArrayList<>();
    for (Target target : found) {
      if (once.stream().noneMatch(other -> other.receiver().equals(target.receiver()))) {
        once.add(target);
      }
    }
    return once;
  }

  private void collect(SortedMap<String, String> alert, String path, List<Target> found) {
    int before = found.size();
    for (Route child : routes) {
      if (LabelMatcher.all(child.matchers, alert)) {
        child.collect(alert, path + "/" + child.matchers, found);
        if (child.after == After.STOP) {
          break;
        }
      }
    }
    if (found.size() == before) {
      SortedMap<String, String> labels = groupLabels(alert);
      found.add(new Target(receiver, path + ":" + AlertLabels.text(labels), labels, timing));
    }
  }

  private SortedMap<String, String> groupLabels(Map<String, String> alert) {
    if (groupBy.contains(EACH)) {
      return new TreeMap<>(alert);
    }
    TreeMap<String, String> labels = new TreeMap<>();
    for (String name : groupBy) {
      String value = alert.get(name);
      if (value != null) {
        labels.put(name, value);
      }
    }
    return labels;
  }
}
