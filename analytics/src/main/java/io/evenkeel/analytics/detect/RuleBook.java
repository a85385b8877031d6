package io.evenkeel.analytics.detect;

import io.evenkeel.contract.rule.BuiltInRule;

/** Where the settings of a rule for a run come from. */
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
}
