package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.List;
import java.util.Locale;

/**
 * The robust score of the language-model loss. A single high step is most often a bad batch, the
 * same in many independent runs: above 8 it informs. An episode pages: 3 of the last 5 steps above
 * 5, one of them above 8; above 15 and 30 it is critical.
 */
final class LossSpikeDetector implements Detector {

  /** Gaps between steps whose median tells how often steps are observed. */
  private static final int GAPS = 9;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.LOSS_SPIKE;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        3,
        5,
        new Level(Severity.INFO, 8, 1, 1, 8),
        new Level(Severity.WARNING, 5, 3, 5, 8),
        new Level(Severity.CRITICAL, 15, 3, 5, 30));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    Double score = signals.lossSpikeScore();
    return score == null ? List.of() : List.of(Observation.of(RUN, score, signals.key().step()));
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    double score = observation.figure(0);
    double step = observation.figure(1);
    SampleWindow gaps =
        memory.observations() == 0
            ? SampleWindow.ofCapacity(GAPS)
            : memory.window().with(step - memory.number(0, step));
    double magnitude = gaps.median() > 1 ? score : Double.NaN;
    return new Judgement(memory.next(gaps, step), score, magnitude);
  }

  @Override
  public String summary(String scope, double value, double threshold) {
    return String.format(
        Locale.ROOT,
        "The language-model loss lies %.1f robust standard deviations above the steps before (limit"
            + " %.0f).",
        value,
        threshold);
  }
}
