package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.List;
import java.util.Locale;

/**
 * One rank that is slower than the median rank, and the same one step after step: the skew (slowest
 * over median step time, minus one), averaged, where that rank was the slowest in {@value #SAME} of
 * the last {@value #RANKS} steps. Among many ranks some one is always slow; only the same one is a
 * straggler. 0.3 warns, 1 is critical.
 */
final class StragglerRankDetector implements Detector {

  private static final int RANKS = 20;
  private static final int SAME = 14;
  private static final double WEIGHT = 0.2;

  /** A skew beyond this counts as this, so that one hang does not linger in the average. */
  private static final double MOST = 5;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.STRAGGLER_RANK;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0.2, 10, Level.of(Severity.WARNING, 0.3, 8, 10), Level.of(Severity.CRITICAL, 1, 8, 10));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    Integer slowest = signals.slowestRank();
    return slowest == null || signals.ranksSeen() < 2
        ? List.of()
        : List.of(Observation.of(RUN, signals.stragglerSkew(), slowest));
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    double average =
        Averages.next(
            memory.number(0, 0),
            memory.observations(),
            Math.min(MOST, observation.figure(0)),
            WEIGHT);
    SampleWindow slowest = memory.window(0, RANKS).with(observation.figure(1));
    double rank = slowest.median();
    int times = 0;
    for (double other : slowest.toArray()) {
      times += other == rank ? 1 : 0;
    }
    // The median of the window is the rank that is in most of it, if there is one.
    Memory next = memory.next(List.of(slowest), average, rank);
    return slowest.full()
        ? Judgement.of(next, times >= SAME ? average : 0)
        : Judgement.notYet(next);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "Rank %.0f is the slowest step after step, by %.0f %% over the median rank (limit %.0f %%).",
        memory.number(1, 0),
        value * 100,
        threshold * 100);
  }
}
