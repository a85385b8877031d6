package io.evenkeel.contract.rule;

/** Whether a rule is evaluated. */
public enum RuleState {
  ENABLED,
  DISABLED
}
