package io.evenkeel.gateway.otlp;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which points the steps had that are stored, the oldest forgotten first. An SDK with cumulative
 * temporality sends every point again at every export. Not thread-safe.
 */
final class SentSteps {

  /** What a step's entry costs beside its points, in points. */
  private static final int OVERHEAD = 16;

  private final int maxPoints;
  private final Map<StepId, long[]> sent = new LinkedHashMap<>();
  private long points;

  SentSteps(int maxPoints) {
    this.maxPoints = maxPoints;
  }

  /** Remembers a step by the fingerprints of its points. */
  void add(StepId step, long[] fingerprints) {
    long[] sorted = fingerprints.clone();
    Arrays.sort(sorted);
    long[] before = sent.put(step, sorted);
    points += sorted.length + OVERHEAD - (before == null ? 0 : before.length + OVERHEAD);
    Iterator<long[]> eldest = sent.values().iterator();
    while (points > maxPoints && eldest.hasNext()) {
      points -= eldest.next().length + OVERHEAD;
      eldest.remove();
    }
  }

  /** Whether the step is remembered. */
  boolean contains(StepId step) {
    return sent.containsKey(step);
  }

  /** Whether the step is remembered to have had the point. */
  boolean contains(StepId step, long fingerprint) {
    long[] fingerprints = sent.get(step);
    return fingerprints != null && Arrays.binarySearch(fingerprints, fingerprint) >= 0;
  }
}
