package io.evenkeel.ui.rules;

import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import java.util.Map;
import java.util.TreeMap;

/**
 * A rule as it is written in the editor: texts, right or wrong.
 *
 * @param rule rule id
 * @param run empty for all runs
 * @param expression CEL; empty for the settings of a built-in rule
 * @param severity severity
 * @param threshold a number, or empty
 * @param clearThreshold a number, or empty for the threshold
 * @param forSteps a whole number
 * @param ofSteps a whole number, or empty for {@code forSteps}
 * @param clearForSteps a whole number
 * @param state evaluated or not
 * @param summary the sentence that people read; may be empty
 */
public record RuleDraft(
    String rule,
    String run,
    String expression,
    Severity severity,
    String threshold,
    String clearThreshold,
    String forSteps,
    String ofSteps,
    String clearForSteps,
    RuleState state,
    String summary) {
  static final String SUMMARY = "summary";

  /** An own rule with nothing in it. */
  public static final RuleDraft EMPTY =
      new RuleDraft("", "", "", Severity.WARNING, "", "", "1", "", "1", RuleState.ENABLED, "");

  /** Settings of a built-in rule that has none yet. */
  public static RuleDraft builtIn(String rule, String run) {
    return new RuleDraft(
        rule, run, "", Severity.WARNING, "", "", "1", "", "1", RuleState.ENABLED, "");
  }

  /** A rule as it is in force. */
  public static RuleDraft of(AlertRule rule) {
    return new RuleDraft(
        rule.rule(),
        rule.run(),
        rule.expression(),
        rule.severity(),
        number(rule.threshold()),
        number(rule.clearThreshold()),
        Integer.toString(rule.forSteps()),
        Integer.toString(rule.ofSteps()),
        Integer.toString(rule.clearForSteps()),
        rule.state(),
        rule.labels().getOrDefault(SUMMARY, ""));
  }

  /** The same for another run. */
  public RuleDraft forRun(String other) {
    return new RuleDraft(
        rule,
        other,
        expression,
        severity,
        threshold,
        clearThreshold,
        forSteps,
        ofSteps,
        clearForSteps,
        state,
        summary);
  }

  /** The labels, of which the editor knows the summary alone; the others stay. */
  Map<String, String> labels(Map<String, String> before) {
    Map<String, String> labels = new TreeMap<>(before);
    if (summary.isBlank()) {
      labels.remove(SUMMARY);
    } else {
      labels.put(SUMMARY, summary.strip());
    }
    return labels;
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : Double.toString(value);
  }
}
