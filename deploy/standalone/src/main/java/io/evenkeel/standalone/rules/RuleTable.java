package io.evenkeel.standalone.rules;

import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import java.io.PrintStream;
import java.util.Collection;
import java.util.Locale;

/** Rules as a person reads them. */
final class RuleTable {
  private static final int WIDTH = 70;

  private RuleTable() {}

  static void print(Collection<AlertRule> rules, PrintStream out) {
    if (rules.isEmpty()) {
      return;
    }
    out.printf(
        Locale.ROOT, "  %-28s %-14s %-9s %-9s %s%n", "rule", "run", "severity", "for", "condition");
    for (AlertRule rule : rules) {
      out.printf(
          Locale.ROOT,
          "  %-28s %-14s %-9s %-9s %s%s%n",
          rule.rule(),
          rule.run().isEmpty() ? "all" : rule.run(),
          rule.severity().name().toLowerCase(Locale.ROOT),
          rule.forSteps() + "/" + rule.ofSteps(),
          rule.state() == RuleState.DISABLED ? "(off) " : "",
          condition(rule));
    }
  }

  private static String condition(AlertRule rule) {
    String expression =
        rule.expression().isBlank()
            ? "built-in"
            : rule.expression().strip().replaceAll("\\s+", " ");
    String cut =
        expression.length() > WIDTH ? expression.substring(0, WIDTH - 3) + "..." : expression;
    return Double.isNaN(rule.threshold())
        ? cut
        : String.format(
            Locale.ROOT, "%s > %s (clear: %s)", cut, rule.threshold(), rule.clearThreshold());
  }
}
