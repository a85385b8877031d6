package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Mean cosine between the outputs of a layer's experts for the same token, averaged: experts that
 * answer alike are one expert. Healthy 0.02 to 0.054; 0.1 warns, 0.3 is critical (calibration). A
 * trainer measures it every now and then: two of the last three measurements count, and the first
 * nineteen do not: experts begin alike, and part while they learn.
 */
final class ExpertSimilarityDetector implements Detector {

  private static final double WEIGHT = 0.3;
  private static final int WARM_UP = 20;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.EXPERT_SIMILARITY;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0.08, 3, Level.of(Severity.WARNING, 0.1, 2, 3), Level.of(Severity.CRITICAL, 0.3, 2, 3));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (LayerSignals layer : signals.layers()) {
      Double cosine = layer.expertOutputCosine();
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
    return next.observations() < WARM_UP
        ? Judgement.notYet(next)
        : new Judgement(next, average, next.magnitude());
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The experts of %s answer alike: mean cosine of their outputs %.2f (limit %.2f).",
        scope,
        value,
        threshold);
  }
}
