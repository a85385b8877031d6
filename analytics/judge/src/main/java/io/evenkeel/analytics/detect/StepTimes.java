package io.evenkeel.analytics.detect;

import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;

/**
 * The step times that there are to judge: the slowest rank's, or where a step has none what user
 * scalars tell of work done a second, turned over. Figures: time, step, tokens.
 */
final class StepTimes {

  static final int TIME = 0;
  static final int STEP = 1;
  private static final int TOKENS = 2;

  private StepTimes() {}

  static List<Observation> observe(StepSignals signals) {
    double step = signals.key().step();
    double time = signals.stepTimeMillis();
    if (!Double.isNaN(time)) {
      return time > 0
          ? List.of(Observation.of(Detector.RUN, time, step, signals.tokens()))
          : List.of();
    }
    List<Observation> observations = new ArrayList<>();
    for (ScalarSeries.Series series : ScalarSeries.throughputs(signals.scalars())) {
      if (series.value() > 0) {
        observations.add(Observation.of(series.scope(), 1 / series.value(), step, 0));
      }
    }
    return observations;
  }

  static double tokens(Observation observation) {
    return observation.figure(TOKENS);
  }

  /** The time, less what a batch that is longer than usual explains; tokens of 0 are not known. */
  static double explained(double time, double tokens, double usualTokens) {
    return usualTokens > 0 && tokens > usualTokens ? time * usualTokens / tokens : time;
  }
}
