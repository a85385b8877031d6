package io.evenkeel.analytics.detect;

/**
 * What a detector makes of an observation.
 *
 * @param next what it remembers
 * @param value what is compared with the thresholds; NaN while it cannot judge yet
 */
public record Judgement(Memory next, double value) {

  /** Remembers, and does not judge yet. */
  static Judgement notYet(Memory next) {
    return new Judgement(next, Double.NaN);
  }
}
