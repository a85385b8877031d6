package io.evenkeel.analytics.rule;

import io.evenkeel.contract.error.ErrorId;
import java.util.List;
import java.util.stream.Collectors;

/** A rule that has errors; all of them. */
public final class RuleException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<RuleIssue> issues;

  RuleException(String rule, List<RuleIssue> issues) {
    super(
        ErrorId.RULE_INVALID.id()
            + ": rule '"
            + rule
            + "': "
            + issues.stream().map(RuleIssue::toString).collect(Collectors.joining("; ")));
    this.issues = List.copyOf(issues);
  }

  /** What is wrong, in the order of the text. */
  public List<RuleIssue> issues() {
    return issues;
  }
}
