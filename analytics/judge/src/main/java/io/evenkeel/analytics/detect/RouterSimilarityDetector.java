package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Mean signed cosine of the router's rows, averaged. Healthy: -0.004 to 0.061 from the first step
 * on, so there is no warm-up; 0.2 warns, 0.5 is critical (calibration).
 */
final class RouterSimilarityDetector implements Detector {

  private static final double WEIGHT = 0.3;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.ROUTER_SIMILARITY;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0.18, 5, Level.of(Severity.WARNING, 0.2, 3, 5), Level.of(Severity.CRITICAL, 0.5, 3, 5));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (LayerSignals layer : signals.layers()) {
      Double cosine = layer.routerCosineAll();
      if (cosine != null) {
        observations.add(Observation.of(Detector.layer(layer.layer()), cosine));
      }
    }
    return observations;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    double average =
        Averages.next(memory.number(0, 0), memory.observations(), observation.figure(0), WEIGHT);
    Memory next = memory.nextWithSample(observation.figure(0), average);
    return new Judgement(next, average, next.magnitude());
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The router rows of %s are alike: mean cosine %.2f (limit %.2f).",
        scope,
        value,
        threshold);
  }
}
