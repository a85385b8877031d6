package io.evenkeel.analytics.rule;

/**
 * What is wrong with a rule.
 *
 * @param component of the rule: {@code expression}, {@code threshold}, ...
 * @param line of the expression, from 1; 0 where it is not about a place in it
 * @param column likewise, from 1
 * @param message a clause for people
 */
public record RuleIssue(String component, int line, int column, String message) {

  static RuleIssue of(String component, String message) {
    return new RuleIssue(component, 0, 0, message);
  }

  @Override
  public String toString() {
    return line == 0
        ? component + ": " + message
        : component + " (" + line + ":" + column + "): " + message;
  }
}
