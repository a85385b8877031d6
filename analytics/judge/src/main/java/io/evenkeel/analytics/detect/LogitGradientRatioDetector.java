package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * R_z per layer, averaged as R_g is: the same ratio at the router's logits, token by token. R_g
 * counts a constant part that the softmax cancels and leads the harm by far; R_z tells how much
 * harm there is: 0.03 is none, 0.15 to 0.4 costs up to 0.1 nats, 1 and above costs clearly (harm
 * study). 0.15 warns, 1 is critical.
 */
final class LogitGradientRatioDetector implements Detector {

  private static final double WEIGHT = 0.1;
  private static final int SAMPLES_BEFORE_JUDGING = 8;
  private static final double LEAST = 0.005;
  private static final double MOST = 50;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.LOGIT_GRADIENT_RATIO;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0.12, 5, Level.of(Severity.WARNING, 0.15, 3, 5), Level.of(Severity.CRITICAL, 1, 3, 5));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (LayerSignals layer : signals.layers()) {
      Double ratio = layer.logitGradientRatio();
      if (ratio != null) {
        observations.add(Observation.of(Detector.layer(layer.layer()), ratio));
      }
    }
    return observations;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    double average =
        Averages.nextOfLogs(
            memory.number(0, 0), memory.observations(), observation.figure(0), WEIGHT, LEAST, MOST);
    Memory next = memory.nextWithSample(observation.figure(0), average);
    return next.observations() < SAMPLES_BEFORE_JUDGING
        ? Judgement.notYet(next)
        : new Judgement(next, Math.exp(average), next.magnitude());
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The load-balance loss pulls at the router's logits of %s with %.3g of the language-model"
            + " loss's gradient norm (R_z, moving average; limit %.3g).",
        scope,
        value,
        threshold);
  }
}
