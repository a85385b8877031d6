package io.evenkeel.analytics.detect;

import io.evenkeel.contract.signal.StepSignals;
import java.util.List;

/**
 * A rule of a user's own, ready to be evaluated. What it looks at and compares is its own affair;
 * when it fires and clears is {@link Lifecycle}'s, as for every built-in rule. Stateless.
 */
public interface UserRule {

  /** The rule's id; no built-in rule has it. */
  String id();

  /** When it fires and clears. */
  RuleSettings settings();

  /**
   * What the rule makes of a step.
   *
   * @param signals the step
   * @throws UserRuleFailure if it cannot be evaluated, for a reason that the rule is to blame for
   */
  Result evaluate(StepSignals signals) throws UserRuleFailure;

  /**
   * A sentence for people.
   *
   * @param scope the scope, in words
   * @param value the value judged
   * @param threshold its limit
   */
  String summary(String scope, double value, double threshold);

  /**
   * What a rule makes of a step.
   *
   * @param findings one a scope
   * @param pace whether it took longer than a rule may
   */
  record Result(List<Finding> findings, Pace pace) {

    /** Copies. */
    public Result {
      findings = List.copyOf(findings);
    }
  }

  /**
   * The value of a rule in a scope.
   *
   * @param scope {@code run} or {@code layers/3}
   * @param value what is compared with the threshold, finite; NaN where there is nothing to judge
   */
  record Finding(String scope, double value) {}

  /** How long an evaluation took. */
  enum Pace {
    /** Within the limit. */
    FAST,
    /** Beyond it. */
    SLOW
  }
}
