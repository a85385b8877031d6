package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * NaN or infinity anywhere: fires at once, without warm-up. A training loss among the user's
 * scalars has its own scope once it has been finite: some trainers log NaN for what they did not
 * measure.
 */
final class NonFiniteDetector implements Detector {

  /** A second figure marks a scalar. */
  private static final double FROM_SCALARS = 1;

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
    List<Observation> observations = new ArrayList<>(1);
    observations.add(Observation.of(RUN, signals.nonFinite()));
    for (ScalarSeries.Series series : ScalarSeries.losses(signals.scalars())) {
      observations.add(
          Observation.of(series.scope(), Double.isFinite(series.value()) ? 0 : 1, FROM_SCALARS));
    }
    return observations;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    double count = observation.figure(0);
    boolean seenFinite = observation.figures() == 1 || memory.number(0, 0) > 0;
    Memory next = memory.next(seenFinite || count == 0 ? 1 : 0);
    return seenFinite ? Judgement.of(next, count) : Judgement.notYet(next);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    if (!scope.equals("the run")) {
      return "The loss of " + scope + (value > 0 ? " is" : " was") + " NaN or infinite.";
    }
    return String.format(
        Locale.ROOT,
        "%.0f entries of losses, gradients, activations or the router are NaN or infinite.",
        value);
  }
}
