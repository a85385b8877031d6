package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A router that spreads every token alike: normalised per-token entropy above 0.95 (critical 0.99)
 * while the soft mutual information H(P) - mean H(R_t) is below 0.05 nats. The entropy of P, which
 * stays healthy, cannot show it. A fresh router is uninformative by nature: one that has never been
 * better is given {@value #WARM_UP_FRESH} observations to learn.
 */
final class RouterUninformativeDetector implements Detector {

  private static final double WEIGHT = 0.2;
  private static final int WARM_UP = 50;
  private static final int WARM_UP_FRESH = 200;
  private static final double INFORMATIVE_BELOW = 0.9;
  private static final double MUTUAL_INFORMATION_NATS = 0.05;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.ROUTER_UNINFORMATIVE;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0.93,
        10,
        Level.of(Severity.WARNING, 0.95, 8, 10),
        Level.of(Severity.CRITICAL, 0.99, 8, 10));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (LayerSignals layer : signals.layers()) {
      if (layer.load().size() > 1 && layer.probabilities().size() > 1) {
        observations.add(
            Observation.of(
                Detector.layer(layer.layer()),
                layer.tokenEntropyNormalised(),
                layer.softMutualInformation()));
      }
    }
    return observations;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    long n = memory.observations();
    double entropy = Averages.next(memory.number(0, 0), n, observation.figure(0), WEIGHT);
    double information = Averages.next(memory.number(1, 0), n, observation.figure(1), WEIGHT);
    double least = Math.min(memory.number(2, 1), entropy);
    Memory next = memory.nextWithSample(observation.figure(0), entropy, information, least);
    int warmUp = least < INFORMATIVE_BELOW ? WARM_UP : WARM_UP_FRESH;
    if (next.observations() < warmUp) {
      return Judgement.notYet(next);
    }
    return information < MUTUAL_INFORMATION_NATS
        ? new Judgement(next, entropy, next.magnitude())
        : Judgement.of(next, 0);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The router of %s hardly tells tokens apart: per-token entropy %.3f of its maximum (limit"
            + " %.2f), soft mutual information below %.2f nats.",
        scope,
        value,
        threshold,
        MUTUAL_INFORMATION_NATS);
  }
}
