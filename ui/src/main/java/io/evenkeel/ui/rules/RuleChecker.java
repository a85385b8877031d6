package io.evenkeel.ui.rules;

import io.evenkeel.analytics.rule.RuleCompiler;
import io.evenkeel.analytics.rule.RuleException;
import io.evenkeel.contract.rule.AlertRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Checks drafts with the job's own checker: what passes here is not refused there. */
@Component
public class RuleChecker {
  private final RuleCompiler compiler = RuleCompiler.onProcessorTime();

  /** What the check came to. */
  public sealed interface Checked {
    /**
     * The job will take it.
     *
     * @param rule the rule, without author and time
     */
    record Fine(AlertRule rule) implements Checked {}

    /**
     * The job would refuse it.
     *
     * @param issues everything that is wrong, in the order of the fields
     */
    record Wrong(List<RuleIssue> issues) implements Checked {
      /** Copies. */
      public Wrong {
        issues = List.copyOf(issues);
      }
    }
  }

  /** Checks. */
  public Checked check(RuleDraft draft) {
    List<RuleIssue> issues = new ArrayList<>();
    double threshold = number("threshold", draft.threshold(), Double.NaN, issues);
    double clear = number("clear_threshold", draft.clearThreshold(), threshold, issues);
    int forSteps = steps("for", draft.forSteps(), 1, issues);
    int ofSteps = steps("of", draft.ofSteps(), Math.max(1, forSteps), issues);
    int clearFor = steps("clear_for", draft.clearForSteps(), 1, issues);
    if (forSteps > 0 && ofSteps > 0 && forSteps > ofSteps) {
      issues.add(new RuleIssue("of", 0, 0, "must be at least as many as 'for'"));
    }
    String id = draft.rule().strip();
    if (id.isEmpty()) {
      issues.add(new RuleIssue("rule", 0, 0, "needs a name"));
    }
    if (!issues.isEmpty()) {
      // The expression is told of all the same: who writes it wants to know now.
      issues.addAll(ofExpression(draft));
      return new Checked.Wrong(issues);
    }
    try {
      AlertRule rule =
          rule(draft, id, draft.expression(), threshold, clear, forSteps, ofSteps, clearFor);
      compiler.check(rule);
      return new Checked.Fine(rule);
    } catch (RuleException e) {
      // What was not typed follows from the threshold, of which enough is said.
      return new Checked.Wrong(
          issues(e).stream()
              .filter(
                  issue ->
                      !draft.clearThreshold().isBlank()
                          || !issue.component().equals("clear_threshold"))
              .toList());
    } catch (IllegalArgumentException e) {
      return new Checked.Wrong(
          List.of(new RuleIssue("rule", 0, 0, String.valueOf(e.getMessage()))));
    }
  }

  private List<RuleIssue> ofExpression(RuleDraft draft) {
    if (draft.expression().isBlank()) {
      return List.of();
    }
    try {
      compiler.check(rule(draft, "draft", draft.expression(), 0, 0, 1, 1, 1));
      return List.of();
    } catch (RuleException e) {
      return issues(e).stream().filter(issue -> issue.component().equals("expression")).toList();
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  private static AlertRule rule(
      RuleDraft draft,
      String id,
      String expression,
      double threshold,
      double clear,
      int forSteps,
      int ofSteps,
      int clearFor) {
    return new AlertRule(
        id,
        expression.stripTrailing(),
        draft.severity(),
        threshold,
        clear,
        forSteps,
        ofSteps,
        clearFor,
        draft.state(),
        draft.run().strip(),
        draft.labels(Map.of()),
        "",
        Instant.EPOCH);
  }

  private static List<RuleIssue> issues(RuleException failure) {
    return failure.issues().stream()
        .map(
            issue ->
                new RuleIssue(issue.component(), issue.line(), issue.column(), issue.message()))
        .toList();
  }

  private static double number(
      String component, String typed, double absent, List<RuleIssue> issues) {
    if (typed.isBlank()) {
      return absent;
    }
    try {
      double value = Double.parseDouble(typed.strip());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    issues.add(new RuleIssue(component, 0, 0, "must be a number, such as 0.1 or 1e-8"));
    return absent;
  }

  private static int steps(String component, String typed, int absent, List<RuleIssue> issues) {
    if (typed.isBlank()) {
      return absent;
    }
    try {
      int value = Integer.parseInt(typed.strip());
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    issues.add(new RuleIssue(component, 0, 0, "must be a whole number of steps, at least 1"));
    return 0;
  }
}
