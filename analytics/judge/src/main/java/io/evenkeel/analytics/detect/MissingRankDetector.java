package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.List;
import java.util.Locale;

/**
 * Ranks that a step was merged without: a rank that has died, or one whose telemetry is lost. One
 * step without a rank is a late message; 5 of the last 8 warn, 16 in a row are critical.
 */
final class MissingRankDetector implements Detector {

  private static final double UNKNOWN = -1;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.MISSING_RANK;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0, 5, Level.of(Severity.WARNING, 0, 5, 8), Level.of(Severity.CRITICAL, 0, 16, 16));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    Integer missing = signals.lowestMissingRank();
    return List.of(
        Observation.of(
            RUN, signals.worldSize() - signals.ranksSeen(), missing == null ? UNKNOWN : missing));
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    double rank = observation.figure(1);
    return Judgement.of(
        memory.next(rank == UNKNOWN ? memory.number(0, UNKNOWN) : rank), observation.figure(0));
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    double rank = memory.number(0, UNKNOWN);
    return String.format(
        Locale.ROOT,
        "The step was merged without %.0f of its ranks%s.",
        value,
        rank == UNKNOWN ? "" : String.format(Locale.ROOT, ", the lowest of them rank %.0f", rank));
  }
}
