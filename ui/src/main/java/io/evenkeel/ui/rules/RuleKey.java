package io.evenkeel.ui.rules;

import io.evenkeel.contract.rule.AlertRule;

/**
 * Which record a rule is: a run's own version of a rule is another record.
 *
 * @param rule rule id
 * @param run empty for all runs
 */
public record RuleKey(String rule, String run) {

  /** The record of a rule. */
  public static RuleKey of(AlertRule rule) {
    return new RuleKey(rule.rule(), rule.run());
  }

  /** The record's key on its topic. */
  String onTopic() {
    return run.isEmpty() ? rule : rule + "#" + run;
  }
}
