package io.evenkeel.gateway.otlp;

import java.util.Comparator;
import java.util.TreeMap;

/**
 * What the points for one target of one step come to, whatever their order and however often each
 * comes: of gauges, and of sums since a start, the latest counts (of one time the largest); sums
 * since the last export add up, each part of the time once. Where both kinds come, the former
 * count. Not thread-safe.
 */
final class Reading {

  private record Span(long startNanos, long timeNanos) {}

  private static final Comparator<Span> BY_TIME =
      Comparator.comparingLong(Span::startNanos).thenComparingLong(Span::timeNanos);

  private Point latest;
  private final TreeMap<Span, Double> increments = new TreeMap<>(BY_TIME);

  Reading(Point first) {
    latest = first;
    addIncrement(first);
  }

  /** Takes another point for the same target. */
  void add(Point point) {
    if (point.kind() == Point.Kind.LATEST
        && (latest.kind() == Point.Kind.INCREMENT || isLater(point))) {
      latest = point;
    }
    addIncrement(point);
  }

  private boolean isLater(Point point) {
    int order = Long.compare(point.timeNanos(), latest.timeNanos());
    return order > 0 || (order == 0 && Double.compare(point.value(), latest.value()) > 0);
  }

  private void addIncrement(Point point) {
    if (point.kind() == Point.Kind.INCREMENT) {
      Span span = new Span(point.startNanos(), point.timeNanos());
      increments.merge(span, point.value(), Math::max);
    }
  }

  /** The value. */
  double value() {
    if (latest.kind() == Point.Kind.LATEST) {
      return latest.value();
    }
    // In the order of time, so that rounding is the same whatever the order of arrival.
    double sum = 0;
    for (double value : increments.values()) {
      sum += value;
    }
    return sum;
  }
}
