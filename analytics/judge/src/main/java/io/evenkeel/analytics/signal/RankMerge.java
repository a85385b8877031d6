package io.evenkeel.analytics.signal;

import io.evenkeel.contract.telemetry.StepTelemetry;
import java.util.Collection;

/**
 * Adds the ranks' parts of one step up before any norm or ratio is taken. The order of the parts,
 * their duplication and their grouping make no difference, bit by bit: the sums are exact, and of
 * two parts of a rank the first counts.
 */
final class RankMerge {

  private RankMerge() {}

  /**
   * The sum of {@code parts}.
   *
   * @param parts at least one part, all of the same run, incarnation and step
   * @throws IllegalArgumentException if there is no part, or keys differ
   */
  static MergedStep merge(Collection<StepTelemetry> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a step without a part");
    }
    StepSum sum = new StepSum(parts.iterator().next().key().stepKey());
    parts.forEach(sum::add);
    return sum.merged();
  }
}
