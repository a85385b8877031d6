package io.evenkeel.replay.tally;

import java.util.List;

/**
 * What was left out for one reason.
 *
 * @param reason the reason
 * @param count how often, &gt;= 1
 * @param examples the first few, each with its place
 */
public record Skipped(SkipReason reason, long count, List<String> examples) {
  /** Copies. */
  public Skipped {
    examples = List.copyOf(examples);
  }
}
