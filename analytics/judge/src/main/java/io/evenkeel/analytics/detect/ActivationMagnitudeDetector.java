package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.ActivationSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.ActivationSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Largest activation of a layer's output over its own trailing median: 3 warns, 10 is critical
 * (calibration). Values enter the window cut to three medians, so that growth which goes on keeps
 * the alert up, while a new level that stays is accepted after some 70 observations. The first
 * {@value #YOUNG} observations are no measure: a model that leaves its initial weights grows.
 */
final class ActivationMagnitudeDetector implements Detector {

  private static final int WINDOW = 128;
  private static final int YOUNG = 50;
  private static final int WARM_UP = 100;
  private static final double MOST_MEDIANS = 3;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.ACTIVATION_MAGNITUDE;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        2, 10, Level.of(Severity.WARNING, 3, 3, 5), Level.of(Severity.CRITICAL, 10, 3, 5));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (ActivationSignals activation : signals.activations()) {
      if (activation.site() == ActivationSite.LAYER_OUT) {
        observations.add(Observation.of(Detector.layer(activation.layer()), activation.maxAbs()));
      }
    }
    return observations;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    if (memory.observations() < YOUNG) {
      return Judgement.notYet(memory.next());
    }
    SampleWindow window = memory.window().withCapacity(WINDOW);
    double value = observation.figure(0);
    boolean judging = memory.observations() >= WARM_UP;
    double median = window.median();
    double kept = judging && median > 0 ? Math.min(value, MOST_MEDIANS * median) : value;
    Memory next = memory.next(window.with(kept));
    return judging && median > 0 ? Judgement.of(next, value / median) : Judgement.notYet(next);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The largest activation of %s is %.1f times its trailing median (limit %.0f).",
        scope,
        value,
        threshold);
  }
}
