package io.evenkeel.analytics.detect;

/** A rule that cannot be evaluated over a step, and is to blame for it. */
public final class UserRuleFailure extends Exception {

  private static final long serialVersionUID = 1L;

  /** With a reason for the rule's author: a clause without a full stop. */
  public UserRuleFailure(String reason) {
    super(reason);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
