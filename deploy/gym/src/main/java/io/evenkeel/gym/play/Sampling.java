package io.evenkeel.gym.play;

import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.controller.policy.StepView;
import io.evenkeel.gym.scenario.BandSignal;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Takes the figures of a step that scenarios are judged by. */
final class Sampling {
  private Sampling() {}

  static Sample of(long tick, StepSignals signals) {
    StepView view = StepView.of(signals);
    Map<BandSignal, Double> figures = new EnumMap<>(BandSignal.class);
    put(figures, BandSignal.GRADIENT_NORM_RATIO, view.gradientNormRatio());
    put(figures, BandSignal.MAX_VIOLATION, view.maxViolation());
    put(figures, BandSignal.FFN_EXPERTS_ERROR, Math.abs(view.ffnExpertsError()));
    put(figures, BandSignal.DEAD_EXPERTS, view.deadExperts());
    put(figures, BandSignal.EPSILON_OVER_RMS, view.epsilonOverRmsMax());
    put(figures, BandSignal.ACTIVATION_MAX_ABS, view.activationMaxAbs());
    put(figures, BandSignal.GRADIENT_NORM, view.gradientNorm());
    put(figures, BandSignal.NON_FINITE, signals.nonFinite());
    signals.layers().stream()
        .map(LayerSignals::routerCosineAll)
        .filter(Objects::nonNull)
        .max(Double::compare)
        .ifPresent(cosine -> put(figures, BandSignal.ROUTER_COSINE, cosine));
    Map<String, Double> knobs = new LinkedHashMap<>();
    view.knobs()
        .forEach(
            (key, value) -> {
              if (key.scope().isEmpty()) {
                knobs.put(key.knob(), value);
              }
            });
    return new Sample(
        tick, signals.key().incarnation(), signals.key().step(), view.loss(), figures, knobs);
  }

  /** What was not measured is left out; an infinity is a measurement. */
  private static void put(Map<BandSignal, Double> figures, BandSignal signal, double value) {
    if (!Double.isNaN(value)) {
      figures.put(signal, value);
    }
  }
}
