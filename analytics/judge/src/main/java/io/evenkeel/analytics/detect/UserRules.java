package io.evenkeel.analytics.detect;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges a step under the users' own rules. A rule that fails, or is slow {@value #SLOW_STEPS}
 * steps in a row, is disabled for the run: its incidents are resolved, and an incident of its own
 * says why, in the scope {@value #RULE}, until the rule is changed or the run begins anew. Nothing
 * that a rule does reaches the other rules. Stateless; the state of a run is handed in, and a rule
 * that has nothing to tell keeps none.
 */
final class UserRules {

  /** The scope of what concerns a rule itself. */
  static final String RULE = "rule";

  /** Slow steps in a row that a rule may have, less one. */
  static final int SLOW_STEPS = 3;

  private static final RuleSettings DISABLED =
      RuleSettings.builtIn(0, 1, Level.of(Severity.WARNING, 0, 1, 1));

  private UserRules() {}

  /** Judges a step; events in the order of the rules. */
  static List<AlertEvent> judge(
      StepSignals signals, ScopeStates states, RuleBook rules, RunMoment moment) {
    List<AlertEvent> events = new ArrayList<>();
    for (UserRule rule : rules.userRules(moment.run())) {
      ScopeKey own = new ScopeKey(rule.id(), RULE);
      ScopeState health = states.get(own);
      if (health.lifecycle().open()) {
        continue;
      }
      try {
        UserRule.Result result = rule.evaluate(signals);
        for (UserRule.Finding finding : result.findings()) {
          advance(events, rule, finding, states, moment);
        }
        int slow = result.pace() == UserRule.Pace.SLOW ? slowSteps(health) + 1 : 0;
        if (slow >= SLOW_STEPS) {
          disable(events, rule, "it was too slow at " + slow + " steps in a row", states, moment);
        } else if (slow != slowSteps(health)) {
          keep(states, own, new ScopeState(slowMemory(slow), Lifecycle.INACTIVE));
        }
      } catch (UserRuleFailure e) {
        disable(events, rule, e.reason(), states, moment);
      }
    }
    return events;
  }

  /** Resolves what is open of a rule in a run, and forgets its states there. */
  static List<AlertEvent> close(
      String ruleId, @Nullable UserRule rule, ScopeStates states, Reason reason, RunMoment moment) {
    List<AlertEvent> events = new ArrayList<>();
    for (ScopeKey key : states.keys()) {
      if (key.rule().equals(ruleId)) {
        events.addAll(close(key, rule, states, reason, moment));
        states.remove(key);
      }
    }
    return events;
  }

  /** Resolves what is open of a rule in one scope. */
  static List<AlertEvent> close(
      ScopeKey key, @Nullable UserRule rule, ScopeStates states, Reason reason, RunMoment moment) {
    RuleSettings settings = rule == null || key.scope().equals(RULE) ? DISABLED : rule.settings();
    List<AlertEvent> events = new ArrayList<>();
    for (Lifecycle.Change change :
        states.get(key).lifecycle().close(moment.step(), reason, settings).changes()) {
      events.add(AlertEvents.of(moment, key, change, labels(rule), closing(key, rule, change)));
    }
    return events;
  }

  private static String closing(ScopeKey key, @Nullable UserRule rule, Lifecycle.Change change) {
    if (key.scope().equals(RULE)) {
      return "The rule '" + key.rule() + "' had been disabled for this run.";
    }
    return rule == null
        ? "The rule '" + key.rule() + "' had an open incident."
        : rule.summary(AlertEvents.inWords(key.scope()), change.value(), change.threshold());
  }

  private static void advance(
      List<AlertEvent> events,
      UserRule rule,
      UserRule.Finding finding,
      ScopeStates states,
      RunMoment moment) {
    ScopeKey key = new ScopeKey(rule.id(), finding.scope());
    ScopeState state = states.get(key);
    Lifecycle.Advance advance =
        state
            .lifecycle()
            .advance(moment.step(), Judgement.of(Memory.EMPTY, finding.value()), rule.settings());
    if (!advance.next().equals(state.lifecycle())) {
      keep(states, key, new ScopeState(Memory.EMPTY, advance.next()));
    }
    for (Lifecycle.Change change : advance.changes()) {
      events.add(
          AlertEvents.of(
              moment,
              key,
              change,
              rule.settings().labels(),
              rule.summary(AlertEvents.inWords(key.scope()), change.value(), change.threshold())));
    }
  }

  private static void disable(
      List<AlertEvent> events, UserRule rule, String why, ScopeStates states, RunMoment moment) {
    events.addAll(close(rule.id(), rule, states, Reason.RULE_DISABLED, moment));
    ScopeKey own = new ScopeKey(rule.id(), RULE);
    Lifecycle.Advance advance =
        Lifecycle.INACTIVE.advance(moment.step(), Judgement.of(Memory.EMPTY, 1), DISABLED);
    states.put(own, new ScopeState(Memory.EMPTY, advance.next()));
    String sentence =
        ErrorId.RULE_FAILED.line(
            "The rule '" + rule.id() + "' is disabled for this run: " + why + ".");
    for (Lifecycle.Change change : advance.changes()) {
      events.add(AlertEvents.of(moment, own, change, labels(rule), Check.legible(sentence)));
    }
  }

  private static Map<String, String> labels(@Nullable UserRule rule) {
    return rule == null ? Map.of() : rule.settings().labels();
  }

  private static int slowSteps(ScopeState health) {
    return (int) health.memory().number(0, 0);
  }

  private static Memory slowMemory(int slow) {
    return slow == 0 ? Memory.EMPTY : Memory.EMPTY.next(slow);
  }

  private static void keep(ScopeStates states, ScopeKey key, ScopeState state) {
    if (state.equals(ScopeState.EMPTY)) {
      states.remove(key);
    } else {
      states.put(key, state);
    }
  }
}
