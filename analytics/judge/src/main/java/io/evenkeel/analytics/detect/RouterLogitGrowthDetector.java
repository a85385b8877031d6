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
 * The router z of a layer, mean_t logsumexp(z_t)^2, over its own trailing median: 2 warns, 5 is
 * critical (calibration). The median looks back {@value #WINDOW} observations, and once these are
 * full every {@value #EVERY}th enters, cut to {@value #MOST_MEDIANS} medians, so that growth over a
 * thousand steps shows and keeps the alert up. The median counts as (ln E)^2 at least, the z of
 * logits that are all zero: a router below that has nothing to fear.
 */
final class RouterLogitGrowthDetector implements Detector {

  private static final int WINDOW = 64;
  private static final int EVERY = 16;
  private static final int WARM_UP = 50;
  private static final double MOST_MEDIANS = 1.5;
  private static final double WEIGHT = 0.3;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.ROUTER_LOGIT_GROWTH;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        1.5, 10, Level.of(Severity.WARNING, 2, 3, 5), Level.of(Severity.CRITICAL, 5, 3, 5));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (LayerSignals layer : signals.layers()) {
      observations.add(
          Observation.of(
              Detector.layer(layer.layer()), layer.routerZ(), ofZeroLogits(layer.load().size())));
    }
    return observations;
  }

  private static double ofZeroLogits(int experts) {
    double logSumExp = Math.log(Math.max(1, experts));
    return logSumExp * logSumExp;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    SampleWindow window = memory.window(0, WINDOW);
    double value = observation.figure(0);
    double median = memory.number(1, 0);
    boolean judging = memory.observations() >= WARM_UP && median > 0;
    double nextMedian = median;
    if (!window.full() || memory.observations() % EVERY == 0) {
      window = window.with(judging ? Math.min(value, MOST_MEDIANS * median) : value);
      nextMedian = window.median();
    }
    double ratio = judging ? value / Math.max(median, observation.figure(1)) : 1;
    double average = memory.number(0, 1) + WEIGHT * (ratio - memory.number(0, 1));
    Memory next = memory.next(List.of(window), judging ? average : 1, nextMedian);
    return judging ? Judgement.of(next, Math.min(ratio, average)) : Judgement.notYet(next);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "The router logits of %s have grown: their z is %.1f times its trailing median (limit"
            + " %.0f).",
        scope,
        value,
        threshold);
  }
}
