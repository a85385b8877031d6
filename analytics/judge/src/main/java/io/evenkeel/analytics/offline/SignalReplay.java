package io.evenkeel.analytics.offline;

import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.analytics.detect.RunJudge;
import io.evenkeel.analytics.detect.RunWatch;
import io.evenkeel.analytics.detect.WatchPolicy;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.signal.StepSignals;
import java.util.function.Consumer;

/**
 * One run's stored signals in, the alerts out that the job makes of them under the rules given, on
 * the caller's thread. Time is each step's own, so silence is not noticed.
 *
 * <p>Not for several threads. Keeps the state of the run's scopes, nothing else.
 */
public final class SignalReplay {

  private final String run;
  private final RuleBook rules;
  private final Consumer<AlertEvent> alerts;
  private final ScopeMap states = new ScopeMap();
  private RunWatch watch = RunWatch.UNKNOWN;

  /**
   * A run of which nothing is known.
   *
   * @param run the run's id
   * @param rules settings in force
   * @param alerts takes every alert event, in order
   */
  public SignalReplay(String run, RuleBook rules, Consumer<AlertEvent> alerts) {
    this.run = run;
    this.rules = rules;
    this.alerts = alerts;
  }

  /**
   * A step; ascending within an incarnation, and incarnations ascending.
   *
   * @throws IllegalArgumentException if it is of another run
   */
  public void accept(StepSignals step) {
    if (!step.key().run().equals(run)) {
      throw new IllegalArgumentException("of run '" + step.key().run() + "', not of '" + run + "'");
    }
    RunJudge judge = new RunJudge(run, states, rules, WatchPolicy.DEFAULT, step.wallTime());
    RunJudge.Outcome outcome = judge.onSignals(watch, step);
    watch = outcome.watch();
    outcome.events().forEach(alerts);
  }
}
