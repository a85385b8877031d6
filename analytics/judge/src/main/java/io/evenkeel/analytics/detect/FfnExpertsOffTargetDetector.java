package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Relative error of the mean of FFN experts per token against K_e, averaged. Healthy runs wander by
 * +-0.2, single layers by 0.35 and, once mu has decayed, for dozens of steps; 0.25 warns and 0.45
 * is critical on an average over some 25 steps (calibration): what an expert budget costs, it costs
 * in hundreds. The first steps do not count: the selection bias begins at zero and finds K_e
 * slowly. Nor do, in the first {@value #YOUNG}, those in which the error shrinks: it lies below a
 * slower average.
 */
final class FfnExpertsOffTargetDetector implements Detector {

  private static final double WEIGHT = 0.04;
  private static final double CLEAR = 0.2;
  private static final int WARM_UP = 150;
  private static final int YOUNG = 500;
  private static final double SLOW_WEIGHT = 0.01;
  private static final double SHRUNK = 0.95;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.FFN_EXPERTS_OFF_TARGET;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        CLEAR,
        10,
        Level.of(Severity.WARNING, 0.25, 8, 10),
        Level.of(Severity.CRITICAL, 0.45, 8, 10));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (LayerSignals layer : signals.layers()) {
      if (layer.ffnExpertsTarget() > 0) {
        observations.add(
            Observation.of(Detector.layer(layer.layer()), layer.ffnExpertsRelativeError()));
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
    boolean finding = next.observations() < YOUNG && average < SHRUNK * slow;
    return new Judgement(next, finding ? Math.min(average, CLEAR) : average, next.magnitude());
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "FFN experts per token of %s are off their target K_e by %.0f %% (limit %.0f %%).",
        scope,
        value * 100,
        threshold * 100);
  }
}
