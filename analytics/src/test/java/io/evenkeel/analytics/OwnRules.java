package io.evenkeel.analytics;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import java.time.Instant;
import java.util.Map;

/** Rules as a user might write them. */
public final class OwnRules {

  private OwnRules() {}

  /** Fires at the first step at which the expression is true, and clears at the first other. */
  public static AlertRule of(String id, String expression) {
    return of(id, expression, 0, 0, 1, 1);
  }

  public static AlertRule of(
      String id,
      String expression,
      double threshold,
      double clearThreshold,
      int forSteps,
      int clearForSteps) {
    return new AlertRule(
        id,
        expression,
        Severity.WARNING,
        threshold,
        clearThreshold,
        forSteps,
        forSteps,
        clearForSteps,
        RuleState.ENABLED,
        "",
        Map.of("team", "moe"),
        "test",
        Instant.EPOCH);
  }

  public static AlertRule forRun(String run, AlertRule rule) {
    return copy(rule, run, rule.state());
  }

  public static AlertRule disabled(AlertRule rule) {
    return copy(rule, rule.run(), RuleState.DISABLED);
  }

  private static AlertRule copy(AlertRule rule, String run, RuleState state) {
    return new AlertRule(
        rule.rule(),
        rule.expression(),
        rule.severity(),
        rule.threshold(),
        rule.clearThreshold(),
        rule.forSteps(),
        rule.ofSteps(),
        rule.clearForSteps(),
        state,
        run,
        rule.labels(),
        rule.author(),
        rule.changed());
  }
}
