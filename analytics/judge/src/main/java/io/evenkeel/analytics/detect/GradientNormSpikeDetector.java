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
 * deviations above them: 2.5 informs, 5 in three of the last five steps warns, 10 is critical.
 * Gradient norms are heavy-tailed, so a score alone would cry wolf, and a ratio alone would on a
 * noisy run. One step alone, however high, is a bad batch, or the tail of the run's own noise: with
 * noise of three degrees of freedom every five thousandth step is beyond 16 deviations.
 *
 * <p>Where only every n-th step is observed, up to every {@value #RARE}th, one observation stands
 * for several steps, and warns.
 */
final class GradientNormSpikeDetector implements Detector {

  private static final int WARM_UP = 32;
  private static final double CLEAR = 2;
  private static final double LEAST_SCORE = 8;
  private static final double WARNS = 5;
  private static final double CRITICAL = 10;
  private static final int RARE = 50;

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
        Level.of(Severity.WARNING, WARNS, 3, 5),
        Level.of(Severity.CRITICAL, CRITICAL, 3, 5));
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
    if (score <= LEAST_SCORE) {
      return Judgement.of(next, Math.min(1, ratio));
    }
    boolean episode = cadence.stride() > 1 && cadence.stride() <= RARE;
    return new Judgement(next, ratio, episode ? Math.min(ratio, CRITICAL) : Double.NaN);
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
