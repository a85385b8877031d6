package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.Baseline;
import io.evenkeel.analytics.signal.Medians;
import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Steps that have become slower for good: the time that {@value #MOST_SLOW} of the newest {@value
 * #NEWEST} steps exceed, over the median of the 64 oldest of {@value #BASELINE} before those. 1.1
 * warns and 1.5 is critical where it also lies 5 scales above that median. Where a few steps are so
 * slow that half of the time is lost, the mean counts, the slowest step left out. A new pace that
 * stays is accepted after some 90 observations, and a longer batch is no regression.
 */
final class StepTimeRegressionDetector implements Detector {

  private static final int BASELINE = 128;
  private static final int NEWEST = 20;
  private static final int MOST_SLOW = 16;
  private static final double CLEAR = 1.05;
  private static final int WARM_UP = 64;
  private static final double LEAST_SCORE = 5;
  private static final double SLOW = 1.3;
  private static final int FEW_SLOW = 4;
  private static final double LOST = 0.5;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.STEP_TIME_REGRESSION;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        CLEAR, 10, Level.of(Severity.WARNING, 1.1, 1, 1), Level.of(Severity.CRITICAL, 1.5, 5, 5));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    return StepTimes.observe(signals);
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    Cadence cadence = Cadence.next(memory, (long) observation.figure(StepTimes.STEP));
    SampleWindow times = memory.window(0, BASELINE + NEWEST);
    SampleWindow tokens = memory.window(1, BASELINE + NEWEST);
    if (!cadence.settling()) {
      times = times.with(observation.figure(StepTimes.TIME));
      tokens = tokens.with(StepTimes.tokens(observation));
    }
    Memory next = memory.next(List.of(times, tokens), cadence.with());
    return times.size() < WARM_UP + NEWEST || cadence.sinceResume() < NEWEST
        ? Judgement.notYet(next)
        : Judgement.of(next, isFast(times) ? 1 : ratio(times.toArray(), tokens.toArray()));
  }

  /** Whether the newest time is within the clear limit of the median: mostly so, and cheap. */
  private static boolean isFast(SampleWindow times) {
    double limit = times.newest(1)[0] / CLEAR;
    return 2 * (times.countFrom(limit) - NEWEST) > times.size() - NEWEST;
  }

  private static double ratio(double[] times, double[] tokens) {
    int split = times.length - NEWEST;
    // The older half alone: slow steps that the newer half holds already would widen the scale.
    Baseline before = Baseline.of(Arrays.copyOf(times, split / 2));
    double usualTokens = Medians.median(Arrays.copyOf(tokens, split / 2));
    double[] newest = new double[NEWEST];
    for (int i = 0; i < NEWEST; i++) {
      newest[i] = StepTimes.explained(times[split + i], tokens[split + i], usualTokens);
    }
    double last = newest[NEWEST - 1];
    Arrays.sort(newest);
    double held = Math.min(last, newest[NEWEST - MOST_SLOW]);
    double ratio = held / before.median();
    if (before.score(held) < LEAST_SCORE) {
      ratio = Math.min(1, ratio);
    }
    double mean = 0;
    int slow = 0;
    for (int i = 0; i < NEWEST - 1; i++) {
      mean += newest[i] / (NEWEST - 1);
      slow += newest[i] > SLOW * before.median() ? 1 : 0;
    }
    double meanRatio = mean / before.median();
    boolean lost =
        slow + 1 >= FEW_SLOW
            && meanRatio > 1 + LOST
            && last > 1.1 * before.median()
            && before.score(last) >= LEAST_SCORE;
    return lost ? Math.max(ratio, meanRatio) : ratio;
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The steps of %s take %.2f times as long as before (limit %.2f).",
        scope,
        value,
        threshold);
  }
}
