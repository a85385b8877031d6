package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.signal.TensorSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Adam's epsilon against each tensor's gradient RMS, and for the run ten times the share of entries
 * that have a gradient and yet sqrt(v_hat) below epsilon, so that one threshold serves both: 0.1 of
 * the RMS or 1 % of the entries warns, 1 or 10 % is critical. Rows that never had a gradient
 * (unseen bytes' embeddings) do not count. The first steps do not either: tensors that start at
 * zero have tiny gradients.
 */
final class EpsilonOverRmsDetector implements Detector {

  private static final double WEIGHT = 0.3;
  private static final int WARM_UP = 20;
  private static final double SHARE_TO_RATIO = 10;
  private static final double LEAST = 1e-6;
  private static final double MOST = 100;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.EPSILON_OVER_RMS;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0.08, 5, Level.of(Severity.WARNING, 0.1, 5, 8), Level.of(Severity.CRITICAL, 1, 5, 8));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>(signals.tensors().size() + 1);
    double below = 0;
    double elements = 0;
    for (TensorSignals tensor : signals.tensors()) {
      Double ratio = tensor.epsilonOverRms();
      String scope = "tensors/" + tensor.name();
      if (ratio != null && scope.length() <= io.evenkeel.contract.error.Check.MAX_NAME) {
        observations.add(Observation.of(scope, ratio));
      }
      below += tensor.belowEpsilonNonzeroShare() * tensor.elements();
      elements += tensor.elements();
    }
    if (elements > 0) {
      observations.add(Observation.of(RUN, SHARE_TO_RATIO * below / elements));
    }
    return observations;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    double average =
        Averages.nextOfLogs(
            memory.number(0, 0), memory.observations(), observation.figure(0), WEIGHT, LEAST, MOST);
    Memory next = memory.nextWithSample(observation.figure(0), average);
    return next.observations() < WARM_UP
        ? Judgement.notYet(next)
        : new Judgement(next, Math.exp(average), next.magnitude());
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return scope.equals("the run")
        ? String.format(
            Locale.ROOT,
            "%.2g %% of all entries with a gradient have sqrt(v_hat) below Adam's epsilon (limit"
                + " %.2g %%).",
            value * 100 / SHARE_TO_RATIO,
            threshold * 100 / SHARE_TO_RATIO)
        : String.format(
            Locale.ROOT,
            "Adam's epsilon is %.3g of the gradient RMS of %s (limit %.3g).",
            value,
            scope,
            threshold);
  }
}
