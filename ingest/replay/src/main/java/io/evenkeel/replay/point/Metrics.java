package io.evenkeel.replay.point;

import io.evenkeel.contract.error.Check;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The metrics of a log by index, and how they lie in it: by step, as a trainer writes them, or one
 * metric after the other, as exports are sorted.
 */
final class Metrics {
  /** More than this is no log of a training run. */
  static final int LIMIT = 20_000;

  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> indices = new HashMap<>();
  private long points;
  private long blocks;
  private int last = -1;

  /**
   * The index of a metric, given at its first point.
   *
   * @throws IllegalArgumentException if it cannot be a name, or there are too many
   */
  int note(String name) {
    Integer known = indices.get(name);
    if (known == null) {
      Check.name("metric", name);
      Check.that(names.size() < LIMIT, "more than " + LIMIT + " metrics");
      known = names.size();
      names.add(name);
      indices.put(name, known);
    }
    points++;
    if (known != last) {
      blocks++;
      last = known;
    }
    return known;
  }

  List<String> names() {
    return names;
  }

  /** Whether each metric's points lie together, so that steps start anew at each metric. */
  boolean oneAfterTheOther() {
    return names.size() > 1 && blocks == names.size() && points > names.size();
  }
}
