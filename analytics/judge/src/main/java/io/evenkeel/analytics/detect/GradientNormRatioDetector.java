package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * R_g per layer and its mean, averaged: single samples are noisy (a healthy run at alpha 1e-3
 * reaches 0.28), and a wrong alpha moves R_g by decades, so the average is taken of its logarithm.
 * Thresholds: LongCat-Flash keeps R_g below 0.1; 0.5 is five times that. While a router has learnt
 * nothing yet the language model hardly pulls at it, and the ratio is high by that alone: for the
 * first {@value #YOUNG} observations it takes {@value #YOUNG_LIMIT}.
 */
final class GradientNormRatioDetector implements Detector {

  private static final double WEIGHT = 0.1;
  private static final int SAMPLES_BEFORE_JUDGING = 8;
  private static final double LIMIT = 0.1;
  private static final int YOUNG = 100;
  private static final double YOUNG_LIMIT = 0.2;

  /** Beyond these the average would take long to come back, and nothing more would be learnt. */
  private static final double LEAST = 0.02;

  private static final double MOST = 20;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.GRADIENT_NORM_RATIO;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0.09, 5, Level.of(Severity.WARNING, LIMIT, 3, 5), Level.of(Severity.CRITICAL, 0.5, 3, 5));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (LayerSignals layer : signals.layers()) {
      Double ratio = layer.gradientNormRatio();
      if (ratio != null) {
        observations.add(Observation.of(Detector.layer(layer.layer()), ratio));
      }
    }
    Double mean = signals.gradientNormRatioMean();
    if (mean != null) {
      observations.add(Observation.of(RUN, mean));
    }
    return observations;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    double average =
        Averages.nextOfLogs(
            memory.number(0, 0), memory.observations(), observation.figure(0), WEIGHT, LEAST, MOST);
    Memory next = memory.nextWithSample(observation.figure(0), average);
    if (next.observations() < SAMPLES_BEFORE_JUDGING) {
      return Judgement.notYet(next);
    }
    double ratio = Math.exp(average);
    boolean excused = next.observations() < YOUNG && ratio < YOUNG_LIMIT;
    return new Judgement(next, excused ? Math.min(ratio, LIMIT) : ratio, next.magnitude());
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The load-balance loss pulls at the router of %s with %s%.3g of the language-model loss's"
            + " gradient norm (R_g, moving average; limit %.3g).",
        scope,
        value > 0.99 * MOST ? "at least " : "",
        value,
        threshold);
  }
}
