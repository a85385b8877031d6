package io.evenkeel.replay.tally;

import io.evenkeel.contract.error.Check;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts what was read of a log and what was left out. */
public final class Tally {
  private static final int EXAMPLES = 5;
  private static final int EXAMPLE_LENGTH = 300;

  private final Map<SkipReason, Long> counts = new EnumMap<>(SkipReason.class);
  private final Map<SkipReason, List<String>> examples = new EnumMap<>(SkipReason.class);
  private long values;

  /** A usable value, or a usable line of telemetry. */
  public void read() {
    values++;
  }

  /**
   * Something was left out.
   *
   * @param reason why
   * @param place where in the file, for people
   * @param detail what is wrong with it; empty if the reason says all
   */
  public void skip(SkipReason reason, String place, String detail) {
    counts.merge(reason, 1L, Long::sum);
    List<String> known = examples.computeIfAbsent(reason, key -> new ArrayList<>());
    if (known.size() < EXAMPLES) {
      String example = Check.legible(detail.isEmpty() ? place : place + ": " + detail);
      known.add(
          example.length() <= EXAMPLE_LENGTH
              ? example
              : example.substring(0, EXAMPLE_LENGTH) + " ...");
    }
  }

  /** Usable values or lines so far. */
  public long values() {
    return values;
  }

  /** What was left out so far, in the order of the reasons. */
  public List<Skipped> skipped() {
    return counts.entrySet().stream()
        .map(
            entry ->
                new Skipped(
                    entry.getKey(),
                    entry.getValue(),
                    examples.getOrDefault(entry.getKey(), List.of())))
        .toList();
  }
}
