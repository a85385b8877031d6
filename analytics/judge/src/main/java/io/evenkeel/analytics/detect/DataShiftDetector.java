package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.List;
import java.util.Locale;

/**
 * The loss jumped and stays level there, while gradient norm and routing are as before: other data,
 * not another model. Informs only.
 */
final class DataShiftDetector implements Detector {

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.DATA_SHIFT;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(2, 5, Level.of(Severity.INFO, LossLevel.RISEN, 1, 1));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    return LossLevel.observe(signals);
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    LossLevel level = LossLevel.next(memory, observation);
    return Judgement.of(
        level.memory(),
        Double.isNaN(level.rise()) || level.ofData() ? level.rise() : Math.min(0, level.rise()));
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The loss of %s jumped to another level, %.1f robust standard deviations higher, and stays"
            + " there; gradient norm and routing are as before (limit %.0f).",
        scope,
        value,
        threshold);
  }
}
