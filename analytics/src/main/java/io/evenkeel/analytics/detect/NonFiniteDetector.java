package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.List;
import java.util.Locale;

/** NaN or infinity anywhere: fires at once, without warm-up. */
final class NonFiniteDetector implements Detector {

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.NON_FINITE;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(0, 10, Level.of(Severity.CRITICAL, 0, 1, 1));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    return List.of(Observation.of(RUN, signals.nonFinite()));
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    return Judgement.of(memory.next(), observation.figure(0));
  }

  @Override
  public String summary(String scope, double value, double threshold) {
    return String.format(
        Locale.ROOT,
        "%.0f entries of losses, gradients, activations or the router are NaN or infinite.",
        value);
  }
}
