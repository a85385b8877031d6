package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One run's judge: what a step, a declaration or the passing of time means for its incidents. Holds
 * no state: the watch is handed in and out, the scopes' states are updated in place.
 */
public final class RunJudge {

  /**
   * What came of it.
   *
   * @param watch the run's watch afterwards
   * @param events in order
   */
  public record Outcome(RunWatch watch, List<AlertEvent> events) {}

  private final String run;
  private final ScopeStates states;
  private final RuleBook rules;
  private final WatchPolicy policy;
  private final Instant now;

  /**
   * A judge for one call.
   *
   * @param run the run
   * @param states the run's states
   * @param rules settings in force
   * @param policy how long silence is borne
   * @param now processing time
   */
  public RunJudge(String run, ScopeStates states, RuleBook rules, WatchPolicy policy, Instant now) {
    this.run = run;
    this.states = states;
    this.rules = rules;
    this.policy = policy;
    this.now = now;
  }

  /** A step has come. A step of an older incarnation, or one that was judged before, is ignored. */
  public Outcome onSignals(RunWatch watch, StepSignals signals) {
    int incarnation = signals.key().incarnation();
    if (incarnation < watch.incarnation()
        || (incarnation == watch.incarnation() && signals.key().step() <= watch.lastStep())) {
      return new Outcome(watch, List.of());
    }
    List<AlertEvent> events = new ArrayList<>();
    if (incarnation > watch.incarnation()) {
      closeAll(watch, Reason.SUPERSEDED, events);
    } else if (watch.stalled()) {
      RunMoment moment = RunMoment.of(signals, now);
      events.add(
          StallDetector.resolved(moment, stallSettings(), watch, Reason.CLEARED, limit(watch)));
    }
    RunMoment step = RunMoment.of(signals, now);
    events.addAll(Detectors.judge(signals, states, rules, step));
    events.addAll(UserRules.judge(signals, states, rules, step));
    return new Outcome(watch.observed(signals, now.toEpochMilli()), events);
  }

  /**
   * The run declares itself. When it has restarted, the older incarnation's incidents are resolved
   * with the newer one's first step, or when nothing has come for a while.
   */
  public Outcome onDeclaration(RunWatch watch, RunSpec spec) {
    return new Outcome(
        spec.incarnation() < watch.declaredIncarnation()
            ? watch
            : watch.declared(spec, now.toEpochMilli()),
        List.of());
  }

  /** Whether an event tells that a user's rule could not be evaluated and is disabled. */
  public static boolean saysThatARuleFailed(AlertEvent event) {
    return event.state() == AlertState.FIRING && event.scope().equals(UserRules.RULE);
  }

  /**
   * A user's rule has been changed or deleted, or is not this run's any more: what is open of it is
   * resolved, and it starts afresh.
   *
   * @param before the rule as it was
   */
  public List<AlertEvent> onRuleChange(RunWatch watch, UserRule before) {
    return UserRules.close(before.id(), before, states, Reason.RULE_CHANGED, moment(watch));
  }

  /**
   * Time has passed. When the outcome's watch is {@link RunWatch#UNKNOWN} the run is to be
   * forgotten.
   *
   * @param sinceMillis silence does not count before this, ms: when the job itself was down, say
   */
  public Outcome onTime(RunWatch watch, long sinceMillis) {
    List<AlertEvent> events = new ArrayList<>();
    long millis = now.toEpochMilli();
    if (closeAt(watch, sinceMillis) <= millis) {
      closeAll(watch, watch.ended() ? Reason.RUN_ENDED : Reason.EXPIRED, events);
      return new Outcome(RunWatch.UNKNOWN, events);
    }
    if (supersedeAt(watch, sinceMillis) <= millis) {
      closeAll(watch, Reason.SUPERSEDED, events);
      return new Outcome(watch.begun(watch.lastWallTime()), events);
    }
    if (stallAt(watch, sinceMillis) <= millis) {
      RunMoment moment = moment(watch);
      events.add(
          StallDetector.firing(
              moment, stallSettings(), millis - watch.lastSeenMillis(), limit(watch)));
      return new Outcome(watch.stalledNow(), events);
    }
    return new Outcome(watch, events);
  }

  /** When {@link #onTime} is to be asked next, ms. */
  public long nextLook(RunWatch watch, long sinceMillis) {
    return Math.min(
        closeAt(watch, sinceMillis),
        Math.min(supersedeAt(watch, sinceMillis), stallAt(watch, sinceMillis)));
  }

  private long closeAt(RunWatch watch, long sinceMillis) {
    return Math.max(watch.lastActivityMillis(), sinceMillis)
        + (watch.ended() ? policy.endGraceMillis() : policy.expiryMillis());
  }

  private long supersedeAt(RunWatch watch, long sinceMillis) {
    return watch.superseded()
        ? Math.max(watch.lastActivityMillis(), sinceMillis) + policy.endGraceMillis()
        : Long.MAX_VALUE;
  }

  private long stallAt(RunWatch watch, long sinceMillis) {
    return StallDetector.watching(watch, stallSettings())
        ? Math.max(watch.lastSeenMillis(), sinceMillis) + limit(watch)
        : Long.MAX_VALUE;
  }

  private void closeAll(RunWatch watch, Reason reason, List<AlertEvent> events) {
    if (watch.incarnation() < 0) {
      return;
    }
    RunMoment moment = moment(watch);
    events.addAll(Detectors.closeAll(states, rules, reason, moment));
    if (watch.stalled()) {
      events.add(StallDetector.resolved(moment, stallSettings(), watch, reason, limit(watch)));
    }
  }

  private RunMoment moment(RunWatch watch) {
    return new RunMoment(
        run, watch.incarnation(), Math.max(0, watch.lastStep()), watch.lastWallTime(), now);
  }

  private RuleSettings stallSettings() {
    return rules.settings(BuiltInRule.TELEMETRY_STALLED, run, StallDetector.DEFAULTS);
  }

  private long limit(RunWatch watch) {
    return StallDetector.limitMillis(watch, stallSettings(), policy);
  }
}
