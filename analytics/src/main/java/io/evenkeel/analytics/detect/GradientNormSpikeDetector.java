package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.analytics.signal.SpikeScore;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.List;
import java.util.Locale;

/**
 * The gradient norm over the median of the steps before it, where it also lies 8 robust standard
 * deviations above them: 2.5 informs, 5 warns, 5 in three of the last five steps is critical.
 * Gradient norms are heavy-tailed, so a score alone would cry wolf, and a ratio alone would on a
 * noisy run.
 */
final class GradientNormSpikeDetector implements Detector {

  private static final int WARM_UP = 32;
  private static final double CLEAR = 2;
  private static final double LEAST_SCORE = 8;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.GRADIENT_NORM_SPIKE;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        CLEAR,
        5,
        Level.of(Severity.INFO, 2.5, 1, 1),
        Level.of(Severity.WARNING, 5, 1, 1),
        Level.of(Severity.CRITICAL, 5, 3, 5));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    Double norm = signals.gradientNorm();
    return norm == null ? List.of() : List.of(Observation.of(RUN, norm, signals.key().step()));
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    Cadence cadence = Cadence.next(memory, (long) observation.figure(1));
    SampleWindow before = memory.window(0, SpikeScore.WINDOW);
    double norm = observation.figure(0);
    Memory next = memory.next(before.with(norm), cadence.with());
    double median = before.median();
    Double score = SpikeScore.of(norm, before);
    if (memory.observations() < WARM_UP || cadence.settling() || score == null || !(median > 0)) {
      return Judgement.notYet(next);
    }
    double ratio = norm / median;
    return Judgement.of(next, score > LEAST_SCORE ? ratio : Math.min(1, ratio));
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The gradient norm is %.1f times the median of the steps before (limit %.1f).",
        value,
        threshold);
  }
}
