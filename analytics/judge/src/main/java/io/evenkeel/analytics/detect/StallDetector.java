package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.rule.RuleState;
import java.util.Locale;

/**
 * A running run that sends nothing: silent for the rule's threshold (10 s) or ten times its median
 * step time, whichever is longer. Time is processing time: a trainer's clock cannot tell that the
 * trainer has stopped. A run that has ended, or has never sent a step, is not stalled.
 */
final class StallDetector {

  static final RuleSettings DEFAULTS =
      RuleSettings.builtIn(10, 1, Level.of(Severity.CRITICAL, 10, 1, 1));

  private static final ScopeKey KEY =
      new ScopeKey(BuiltInRule.TELEMETRY_STALLED.id(), Detector.RUN);

  private StallDetector() {}

  /** The silence that makes a run stalled, ms. */
  static long limitMillis(RunWatch watch, RuleSettings settings, WatchPolicy policy) {
    double median = watch.stepTimesMillis().median();
    double limit = settings.mildest().threshold() * 1_000;
    if (median > 0) {
      limit = Math.max(limit, policy.stepTimeFactor() * median);
    }
    return Double.isNaN(limit) ? Long.MAX_VALUE / 4 : (long) Math.min(limit, Long.MAX_VALUE / 4.0);
  }

  /** Whether silence can make the run stalled. */
  static boolean watching(RunWatch watch, RuleSettings settings) {
    return settings.state() == RuleState.ENABLED && watch.running() && !watch.stalled();
  }

  static AlertEvent firing(RunMoment moment, RuleSettings settings, long silent, long limit) {
    return event(
        moment, settings, AlertState.FIRING, moment.step(), Reason.CONDITION, silent, limit);
  }

  static AlertEvent resolved(
      RunMoment moment, RuleSettings settings, RunWatch watch, Reason reason, long limit) {
    long silent = Math.max(0, moment.now().toEpochMilli() - watch.lastSeenMillis());
    return event(moment, settings, AlertState.RESOLVED, watch.stalledStep(), reason, silent, limit);
  }

  private static AlertEvent event(
      RunMoment moment,
      RuleSettings settings,
      AlertState state,
      long firstStep,
      Reason reason,
      long silentMillis,
      long limitMillis) {
    Lifecycle.Change change =
        new Lifecycle.Change(
            state,
            settings.mildest().severity(),
            firstStep,
            moment.step(),
            silentMillis / 1_000.0,
            limitMillis / 1_000.0,
            reason);
    return AlertEvents.of(
        moment,
        KEY,
        change,
        settings.labels(),
        String.format(
            Locale.ROOT,
            "No telemetry came for %.1f s after step %d (limit %.1f s).",
            silentMillis / 1_000.0,
            firstStep,
            limitMillis / 1_000.0));
  }
}
