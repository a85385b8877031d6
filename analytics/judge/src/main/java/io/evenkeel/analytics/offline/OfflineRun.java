package io.evenkeel.analytics.offline;

import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.analytics.detect.RunJudge;
import io.evenkeel.analytics.detect.RunWatch;
import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.analytics.signal.MergePolicy;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * One run without Flink: parts in, in the order in which they came, signals and alerts out as the
 * job makes them, in order, on the caller's thread. Ranks may come in any order, doubled, late or
 * not at all. Time is what the wall times of the parts tell, see {@link #advanceTo}, so the same
 * sequence always gives the same events.
 *
 * <p>Not for several threads. Keeps the steps that wait for ranks (at most {@link
 * MergePolicy#maxPendingSteps}) and the state of the run's scopes, nothing else.
 */
public final class OfflineRun {

  private final String run;
  private final RuleBook rules;
  private final WatchPolicy policy;
  private final Consumer<StepSignals> signals;
  private final Consumer<AlertEvent> alerts;
  private final TelemetryClock clock = new TelemetryClock();
  private final ScopeMap states = new ScopeMap();
  private final OfflineMerge merge;
  private RunWatch watch = RunWatch.UNKNOWN;
  private long unjudged;

  /**
   * A run of which nothing is known, with the job's own patience.
   *
   * @param run the run's id; parts of other runs are refused
   * @param rules settings in force
   * @param signals takes every step's signals, in step order
   * @param alerts takes every alert event, in order
   */
  public OfflineRun(
      String run, RuleBook rules, Consumer<StepSignals> signals, Consumer<AlertEvent> alerts) {
    this(run, rules, MergePolicy.DEFAULT, WatchPolicy.DEFAULT, signals, alerts);
  }

  /**
   * A run of which nothing is known.
   *
   * @param run the run's id; parts of other runs are refused
   * @param rules settings in force
   * @param mergePolicy how long steps wait for ranks
   * @param watchPolicy how long silence is borne
   * @param signals takes every step's signals, in step order
   * @param alerts takes every alert event, in order
   */
  public OfflineRun(
      String run,
      RuleBook rules,
      MergePolicy mergePolicy,
      WatchPolicy watchPolicy,
      Consumer<StepSignals> signals,
      Consumer<AlertEvent> alerts) {
    this.run = Objects.requireNonNull(run, "run");
    this.rules = Objects.requireNonNull(rules, "rules");
    this.policy = Objects.requireNonNull(watchPolicy, "watchPolicy");
    this.signals = Objects.requireNonNull(signals, "signals");
    this.alerts = Objects.requireNonNull(alerts, "alerts");
    this.merge = new OfflineMerge(mergePolicy, watchPolicy.expiryMillis());
  }

  /**
   * The run declares itself: at its start, or its end if it has one, or now if that is later. Only
   * a run that has declared that it runs can be found stalled.
   *
   * @throws IllegalArgumentException if the specification is of another run
   */
  public void declare(RunSpec spec) {
    check(spec.run());
    Instant ended = spec.ended();
    advanceTo(ended == null ? spec.started() : ended);
    conclude(judge().onDeclaration(watch, spec));
  }

  /**
   * A part comes.
   *
   * @throws IllegalArgumentException if the part is of another run
   */
  public void accept(StepTelemetry part) {
    check(part.key().run());
    passTo(clock.arrival(part.key().rank(), part.wallTime()));
    judge(merge.accept(part, clock.millis()));
  }

  /**
   * Time passes without a part: what waits long enough goes out, and silence is noticed. An earlier
   * time than that of the last part changes nothing.
   */
  public void advanceTo(Instant time) {
    passTo(Math.max(clock.millis(), time.toEpochMilli()));
  }

  /**
   * No more parts will come: the steps that still wait for ranks go out with those they have.
   * Incidents stay as they are; to have them resolved, declare the run's end and advance the time.
   */
  public void finish() {
    for (long next = merge.waitEnds(); next != Long.MAX_VALUE; next = merge.waitEnds()) {
      passTo(Math.max(clock.millis(), next));
    }
  }

  /** The time that the run has reached. */
  public Instant time() {
    return Instant.ofEpochMilli(clock.millis());
  }

  /** Parts and steps that could not be used; the job would have sent them to its dead letters. */
  public long unprocessable() {
    return merge.unprocessable() + unjudged;
  }

  /** Lets time pass, with everything that falls due on the way, in order. */
  private void passTo(long millis) {
    while (true) {
      long look = watch.equals(RunWatch.UNKNOWN) ? Long.MAX_VALUE : judge().nextLook(watch, 0);
      long next = Math.min(merge.nextLook(), look);
      if (next > millis) {
        break;
      }
      clock.moveTo(next);
      judge(merge.onTime(clock.millis()));
      if (!watch.equals(RunWatch.UNKNOWN)) {
        RunJudge.Outcome outcome = judge().onTime(watch, 0);
        conclude(outcome);
        if (watch.equals(RunWatch.UNKNOWN)) {
          states.clear();
        }
      }
    }
    clock.moveTo(millis);
  }

  private void judge(List<StepSignals> steps) {
    for (StepSignals step : steps) {
      signals.accept(step);
      RunJudge.Outcome outcome;
      try {
        outcome = judge().onSignals(watch, step);
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        unjudged++;
        continue;
      }
      conclude(outcome);
    }
  }

  private RunJudge judge() {
    return new RunJudge(run, states, rules, policy, time());
  }

  private void conclude(RunJudge.Outcome outcome) {
    watch = outcome.watch();
    outcome.events().forEach(alerts);
  }

  private void check(String other) {
    if (!other.equals(run)) {
      throw new IllegalArgumentException("of run '" + other + "', not of '" + run + "'");
    }
  }
}
