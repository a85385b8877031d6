package io.evenkeel.analytics.signal;

import java.io.Serializable;

/**
 * How long a step waits for its ranks.
 *
 * @param waitMillis a missing rank is given up when the step has waited so long and the rank has
 *     not made progress for as long, ms
 * @param maxPendingSteps steps that wait at once; beyond it the oldest goes with the ranks it has
 */
public record MergePolicy(long waitMillis, int maxPendingSteps) implements Serializable {

  /** Two seconds; 1,024 steps. */
  public static final MergePolicy DEFAULT = new MergePolicy(2_000, 1_024);

  /** How long a lane gathers ranks of a step before it hands on those it has, ms. */
  public long gatherMillis() {
    return waitMillis / 10;
  }

  /** Validates. */
  public MergePolicy {
    if (waitMillis < 0 || maxPendingSteps < 1) {
      throw new IllegalArgumentException("waitMillis must be >= 0 and maxPendingSteps >= 1");
    }
  }
}
