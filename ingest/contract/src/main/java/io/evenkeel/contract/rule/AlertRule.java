package io.evenkeel.contract.rule;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * An alert rule: a built-in one's settings, or a user's own in CEL.
 *
 * @param rule rule id
 * @param expression empty for a built-in rule; otherwise CEL over the signals
 * @param severity severity
 * @param threshold fires beyond this
 * @param clearThreshold clears on the other side of this
 * @param forSteps steps that must hold ...
 * @param ofSteps ... of the last so many
 * @param clearForSteps steps in a row that must be clear
 * @param state evaluated or not
 * @param run empty for all runs
 * @param labels labels
 * @param author who changed it last
 * @param changed when
 */
public record AlertRule(
    String rule,
    String expression,
    Severity severity,
    double threshold,
    double clearThreshold,
    int forSteps,
    int ofSteps,
    int clearForSteps,
    RuleState state,
    String run,
    Map<String, String> labels,
    String author,
    Instant changed) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public AlertRule {
    Check.name("rule", rule);
    Check.text("expression", expression);
    Objects.requireNonNull(severity, "severity");
    Check.notNegative("forSteps", forSteps);
    Check.notNegative("ofSteps", ofSteps);
    Check.notNegative("clearForSteps", clearForSteps);
    Objects.requireNonNull(state, "state");
    if (!run.isEmpty()) {
      Check.run(run);
    }
    labels = Check.map("labels", labels);
    Check.text("author", author);
    changed = Check.instant("changed", changed);
    Check.that(forSteps >= 1 && forSteps <= ofSteps, "forSteps must lie in [1, ofSteps]");
    Check.that(clearForSteps >= 1, "clearForSteps must be at least 1");
  }
}
