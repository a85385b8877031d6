package io.evenkeel.contract.rule;

/** What the controller itself raises alerts of; their ids are stable, and no built-in rule's. */
public enum ControllerRule {
  /** An action of a policy made things worse: it was undone, and the policy does nothing more. */
  POLICY_STOOD_DOWN("policy-stood-down");

  private final String id;

  ControllerRule(String id) {
    this.id = id;
  }

  /** The stable id. */
  public String id() {
    return id;
  }
}
