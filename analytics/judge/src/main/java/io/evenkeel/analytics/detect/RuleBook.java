package io.evenkeel.analytics.detect;

import io.evenkeel.contract.rule.BuiltInRule;
import java.util.List;

/** Where the settings of a rule for a run come from, and the users' own rules. */
public interface RuleBook {

  /** No rule record: the built-in settings. */
  RuleBook BUILT_IN = (rule, run, builtIn) -> builtIn;

  /**
   * The settings in force.
   *
   * @param rule the rule
   * @param run the run
   * @param builtIn what holds if no record says otherwise
   */
  RuleSettings settings(BuiltInRule rule, String run, RuleSettings builtIn);

  /**
   * The users' own rules in force.
   *
   * @param run the run
   * @return in a fixed order, one an id
   */
  default List<UserRule> userRules(String run) {
    return List.of();
  }
}
