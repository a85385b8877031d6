package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.Medians;
import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.List;
import java.util.Locale;

/**
 * How many times smaller the gradient norm is than the run's own: the median of up to {@value
 * #BLOCKS} medians of {@value #BLOCK} norms, so that a slow decay shows too; the first block, large
 * by nature, is forgotten. 10 times warns, 100 times is critical, 5 of the last 8 steps.
 */
final class VanishingGradientDetector implements Detector {

  private static final int BLOCK = 64;
  private static final int BLOCKS = 32;
  private static final double MOST = 1e6;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.VANISHING_GRADIENT;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        5, 5, Level.of(Severity.WARNING, 10, 5, 8), Level.of(Severity.CRITICAL, 100, 5, 8));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    Double norm = signals.gradientNorm();
    return norm == null ? List.of() : List.of(Observation.of(RUN, norm));
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    long seen = memory.observations() + 1;
    double norm = observation.figure(0);
    SampleWindow norms = memory.window(0, BLOCK).with(norm);
    SampleWindow blocks = memory.window(1, BLOCKS);
    double usual = memory.number(0, 0);
    if (seen % BLOCK == 0 && seen > BLOCK) {
      blocks = blocks.with(Medians.median(norms.toArray()));
      usual = blocks.median();
    }
    Memory next = memory.next(List.of(norms, blocks), usual);
    return !(usual > 0)
        ? Judgement.notYet(next)
        : Judgement.of(next, norm > 0 ? Math.min(MOST, usual / norm) : MOST);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The gradient norm is %.3g times smaller than the run's own (limit %.0f).",
        value,
        threshold);
  }
}
