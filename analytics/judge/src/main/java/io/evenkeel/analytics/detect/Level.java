package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;

/**
 * When a rule fires with a severity.
 *
 * @param severity the severity
 * @param threshold a step counts when its value exceeds this
 * @param forSteps steps that must count ...
 * @param ofSteps ... of the last so many, at most {@value #MAX_OF_STEPS}
 * @param peak at least one of those steps must exceed this; the threshold where nothing more is
 *     asked
 */
public record Level(Severity severity, double threshold, int forSteps, int ofSteps, double peak) {

  /** Steps that a rule can look back. */
  public static final int MAX_OF_STEPS = 1_000;

  /** Validates. */
  public Level {
    if (forSteps < 1 || forSteps > ofSteps || ofSteps > MAX_OF_STEPS) {
      throw new IllegalArgumentException("1 <= forSteps <= ofSteps <= " + MAX_OF_STEPS);
    }
  }

  /** A level that asks for no peak. */
  public static Level of(Severity severity, double threshold, int forSteps, int ofSteps) {
    return new Level(severity, threshold, forSteps, ofSteps, threshold);
  }

  /** Whether the newest of {@code recent} values, oldest first, meet this level. */
  boolean metBy(double[] recent) {
    int counted = 0;
    boolean peaked = false;
    for (int i = Math.max(0, recent.length - ofSteps); i < recent.length; i++) {
      if (recent[i] > threshold) {
        counted++;
        peaked |= recent[i] > peak;
      }
    }
    return counted >= forSteps && peaked;
  }
}
