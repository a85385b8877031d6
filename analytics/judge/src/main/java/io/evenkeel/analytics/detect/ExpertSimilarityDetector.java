package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Mean cosine between the outputs of a layer's experts for the same token, averaged: experts that
 * answer alike are one expert. Healthy 0.02 to 0.16, as the model is: 0.1 warns where it is also
 * twice the median of the run's own measurements (the last {@value #OWN}, none counted as more than
 * {@value #MOST_MEDIANS} medians); 0.3 is critical, in any run. A trainer measures it every now and
 * then: two of the last three measurements count, and the first nineteen do not: experts begin
 * alike, and part while they learn.
 */
final class ExpertSimilarityDetector implements Detector {

  private static final double WEIGHT = 0.3;
  private static final int WARM_UP = 20;
  private static final double WARNS = 0.1;
  private static final double CRITICAL = 0.3;
  private static final double CLEAR = 0.08;
  private static final int OWN = 64;
  private static final double MOST_MEDIANS = 1.5;
  private static final double GROWN = 2;
  private static final int SAMPLES = 3;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.EXPERT_SIMILARITY;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        CLEAR,
        3,
        Level.of(Severity.WARNING, WARNS, 2, 3),
        Level.of(Severity.CRITICAL, CRITICAL, 2, 3));
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
    double cosine = observation.figure(0);
    double average = Averages.next(memory.number(0, 0), memory.observations(), cosine, WEIGHT);
    SampleWindow own = memory.window(1, OWN);
    double usual = own.median();
    boolean judging = memory.observations() + 1 >= WARM_UP && own.size() >= WARM_UP - 1;
    double kept = judging && usual > 0 ? Math.min(cosine, MOST_MEDIANS * usual) : cosine;
    Memory next =
        memory.next(List.of(memory.window(0, SAMPLES).with(cosine), own.with(kept)), average);
    if (!judging) {
      return Judgement.notYet(next);
    }
    boolean alike = average > CRITICAL || average > GROWN * usual;
    return new Judgement(next, alike ? average : Math.min(average, CLEAR), next.magnitude());
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
