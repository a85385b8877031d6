package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * MaxVio of the FFN experts' loads, averaged, less what a batch of this size shows by chance: of N
 * loads with mean m the largest lies some sqrt(2 ln N / m) of the mean above it even under a
 * perfect router. Where K of few experts are chosen MaxVio cannot pass N/K - 1; it is then
 * stretched to what it would be at a bound of 3. 1.3 warns and 2.5 is critical (calibration), after
 * a warm-up: healthy runs take up to 100 steps to unwind an uneven start. Of those that take longer
 * the steps in which it shrinks do not count for a warning, in the first {@value #YOUNG}.
 */
final class LoadImbalanceDetector implements Detector {

  private static final double WEIGHT = 0.2;
  private static final int WARM_UP = 100;
  private static final double COMFORTABLE_BOUND = 3;
  private static final int YOUNG = 500;
  private static final double SLOW_WEIGHT = 0.02;
  private static final double SHRUNK = 0.95;
  private static final double CLEAR = 1.1;
  private static final double CRITICAL = 2.5;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.LOAD_IMBALANCE;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        CLEAR,
        10,
        Level.of(Severity.WARNING, 1.3, 8, 10),
        Level.of(Severity.CRITICAL, CRITICAL, 8, 10));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (LayerSignals layer : signals.layers()) {
      int experts = Math.min(layer.ffnExperts(), layer.load().size());
      if (experts < 2) {
        continue;
      }
      double total = 0;
      for (int i = 0; i < experts; i++) {
        total += layer.load().get(i);
      }
      if (total > 0) {
        double chance = Math.sqrt(2 * Math.log(experts) * experts / total);
        double bound = experts / Math.max(1, layer.ffnExpertsMean()) - 1;
        double stretch = bound > 0 ? Math.max(1, COMFORTABLE_BOUND / bound) : 1;
        observations.add(
            Observation.of(
                Detector.layer(layer.layer()),
                stretch * Math.max(0, layer.maxViolation() - chance)));
      }
    }
    return observations;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    double average =
        Averages.next(memory.number(0, 0), memory.observations(), observation.figure(0), WEIGHT);
    double slow =
        Averages.next(
            memory.number(1, 0), memory.observations(), observation.figure(0), SLOW_WEIGHT);
    Memory next = memory.nextWithSample(observation.figure(0), average, slow);
    if (next.observations() < WARM_UP) {
      return Judgement.notYet(next);
    }
    boolean unwinding =
        next.observations() < YOUNG && average < SHRUNK * slow && average < CRITICAL;
    return new Judgement(next, unwinding ? Math.min(average, CLEAR) : average, next.magnitude());
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The busiest expert of %s carries %.1f times its fair share (MaxVio %.2f beyond chance,"
            + " limit %.2f).",
        scope,
        value + 1,
        value,
        threshold);
  }
}
