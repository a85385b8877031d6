package io.evenkeel.bench.detection;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What alerts of one case are worth.
 *
 * @param name of the case
 * @param found of what had to fire, with its delay
 * @param missed of what had to fire
 * @param falseFirings pages outside all windows
 * @param steps of the run
 * @param healthySteps of those, outside all windows
 */
record CaseScore(
    String name,
    List<Found> found,
    List<Expectation> missed,
    List<Incident> falseFirings,
    long steps,
    long healthySteps) {

  /**
   * Something that fired as it had to.
   *
   * @param expectation what was asked for
   * @param delay steps from the first at which it could be seen to the first alert
   */
  record Found(Expectation expectation, long delay) {}

  /** The sum over cases. */
  record Totals(long expected, long found, long falseFirings, long steps, long healthySteps) {
    double recall() {
      return expected == 0 ? Double.NaN : (double) found / expected;
    }

    double falsePerTenThousand() {
      return healthySteps == 0 ? Double.NaN : 1e4 * falseFirings / healthySteps;
    }
  }

  static Totals totals(List<CaseScore> scores) {
    long expected = 0;
    long found = 0;
    long falseFirings = 0;
    long steps = 0;
    long healthy = 0;
    for (CaseScore score : scores) {
      expected += score.found.size() + score.missed.size();
      found += score.found.size();
      falseFirings += score.falseFirings.size();
      steps += score.steps;
      healthy += score.healthySteps;
    }
    return new Totals(expected, found, falseFirings, steps, healthy);
  }

  /** The median delay of all that was found, steps. */
  static OptionalDouble medianDelay(List<CaseScore> scores) {
    double[] delays =
        scores.stream()
            .flatMap(score -> score.found.stream())
            .mapToDouble(Found::delay)
            .sorted()
            .toArray();
    int n = delays.length;
    return n == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((delays[(n - 1) / 2] + delays[n / 2]) / 2);
  }
}
