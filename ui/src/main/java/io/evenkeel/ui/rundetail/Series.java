package io.evenkeel.ui.rundetail;

import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.store.StoreFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The series of one metric, or why they could not be read. */
sealed interface Series {

  /**
   * Read.
   *
   * @param bySeries points by series: layer, scope, or empty for the run; ascending by step
   */
  record Loaded(Map<String, List<Point>> bySeries) implements Series {

    /**
     * The same with points that have come since. They go into the buckets that they belong to, so
     * that a long run's series grow no faster than its buckets.
     *
     * @param width steps of a bucket
     */
    Loaded plus(Map<String, List<Point>> more, long width) {
      if (more.isEmpty()) {
        return this;
      }
      Map<String, List<Point>> all = new TreeMap<>(ORDER);
      all.putAll(bySeries);
      more.forEach(
          (series, points) -> {
            List<Point> longer = new ArrayList<>(all.getOrDefault(series, List.of()));
            for (Point point : points) {
              Point last = longer.isEmpty() ? null : longer.getLast();
              if (last != null && last.step() / width == point.step() / width) {
                longer.set(longer.size() - 1, last.with(point));
              } else {
                longer.add(point);
              }
            }
            all.put(series, List.copyOf(longer));
          });
      return new Loaded(all);
    }
  }

  /** Being read. */
  record Pending() implements Series {}

  /**
   * Not read.
   *
   * @param fault why
   */
  record Failed(StoreFault fault) implements Series {}

  /** Layers in the order of their numbers, everything else by name. */
  java.util.Comparator<String> ORDER =
      java.util.Comparator.comparing((String name) -> isNumber(name) ? Integer.parseInt(name) : -1)
          .thenComparing(java.util.Comparator.naturalOrder());

  private static boolean isNumber(String name) {
    return !name.isEmpty() && name.length() < 9 && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
