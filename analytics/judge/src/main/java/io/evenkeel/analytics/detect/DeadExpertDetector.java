package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The share of FFN experts that are dead. An expert counts as dead when the fair shares that it has
 * missed in a row add up to {@value #MISSED_FAIR_SHARES} tokens: one empty batch means nothing
 * where an expert expects a handful of tokens a batch. Any in 8 of 10 batches warns, as experts of
 * a healthy run without a bias lie idle for a few batches and come back; a quarter of them is
 * critical at once (calibration). The first {@value #WARM_UP} observations are not judged: experts
 * begin unequal, and what balances them needs tens of steps.
 */
final class DeadExpertDetector implements Detector {

  private static final double MISSED_FAIR_SHARES = 50;
  private static final int WARM_UP = 50;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.DEAD_EXPERT;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0, 3, Level.of(Severity.WARNING, 0, 8, 10), Level.of(Severity.CRITICAL, 0.25, 3, 3));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    List<Observation> observations = new ArrayList<>();
    for (LayerSignals layer : signals.layers()) {
      int experts = Math.min(layer.ffnExperts(), layer.load().size());
      double[] loads = new double[experts];
      double total = 0;
      for (int i = 0; i < experts; i++) {
        loads[i] = layer.load().get(i);
        total += loads[i];
      }
      if (total > 0) {
        observations.add(Observation.of(Detector.layer(layer.layer()), loads));
      }
    }
    return observations;
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    int experts = observation.figures();
    double total = 0;
    for (int i = 0; i < experts; i++) {
      total += observation.figure(i);
    }
    double fairShare = total / experts;
    boolean sameExperts = memory.numbers() == experts;
    double[] missed = new double[experts];
    int dead = 0;
    for (int i = 0; i < experts; i++) {
      if (observation.figure(i) == 0) {
        missed[i] = (sameExperts ? memory.number(i, 0) : 0) + fairShare;
        dead += missed[i] >= MISSED_FAIR_SHARES ? 1 : 0;
      }
    }
    Memory next = memory.next(missed);
    return next.observations() < WARM_UP
        ? Judgement.notYet(next)
        : Judgement.of(next, (double) dead / experts);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT, "%.2g %% of the FFN experts of %s receive no token.", value * 100, scope);
  }
}
