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
 * {@value #YOUNG} observations are no measure: a model that leaves its initial weights grows. Until
 * there are {@value #WARM_UP} it is held against what it began with, and must have grown {@value
 * #YOUNG_GROWTH} times as much to count: healthy models grow by 2 to 4.
 */
final class ActivationMagnitudeDetector implements Detector {

  private static final int WINDOW = 128;
  private static final int YOUNG = 50;
  private static final int WARM_UP = 100;
  private static final double MOST_MEDIANS = 3;
  private static final int FIRST = 5;

  /** Eight times what it began with counts as three medians. */
  private static final double YOUNG_GROWTH = 8.0 / 3;

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
    double value = observation.figure(0);
    if (memory.observations() < FIRST) {
      return Judgement.notYet(memory.next(memory.window(0, FIRST).with(value)));
    }
    double began = memory.number(0, memory.window().median());
    boolean begins = memory.observations() == FIRST;
    SampleWindow window = begins ? SampleWindow.ofCapacity(WINDOW) : memory.window();
    boolean judging = memory.observations() >= WARM_UP;
    double median = window.withCapacity(WINDOW).median();
    double kept = judging && median > 0 ? Math.min(value, MOST_MEDIANS * median) : value;
    Memory next =
        memory.next(
            memory.observations() < YOUNG ? window : window.withCapacity(WINDOW).with(kept), began);
    double usual = judging ? median : YOUNG_GROWTH * began;
    return usual > 0 ? Judgement.of(next, value / usual) : Judgement.notYet(next);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return memory.observations() <= WARM_UP
        ? String.format(
            Locale.ROOT,
            "The largest activation of %s has grown to %.0f times what the run began with (limit"
                + " %.0f).",
            scope,
            value * YOUNG_GROWTH,
            threshold * YOUNG_GROWTH)
        : String.format(
            Locale.ROOT,
            "The largest activation of %s is %.1f times its trailing median (limit %.0f).",
            scope,
            value,
            threshold);
  }
}
