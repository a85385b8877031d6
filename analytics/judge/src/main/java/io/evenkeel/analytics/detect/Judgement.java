package io.evenkeel.analytics.detect;

/**
 * What a detector makes of an observation.
 *
 * @param next what it remembers
 * @param value what is compared with the thresholds; NaN while it cannot judge yet
 * @param magnitude where the value is a moving average: how large it is at present, which decides
 *     the severity once the value has decided that there is an incident; NaN where the value says
 *     both
 */
public record Judgement(Memory next, double value, double magnitude) {

  /** A judgement whose value says it all. */
  static Judgement of(Memory next, double value) {
    return new Judgement(next, value, Double.NaN);
  }

  /** Remembers, and does not judge yet. */
  static Judgement notYet(Memory next) {
    return new Judgement(next, Double.NaN, Double.NaN);
  }
}
