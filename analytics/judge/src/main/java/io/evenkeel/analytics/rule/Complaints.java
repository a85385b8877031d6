package io.evenkeel.analytics.rule;

import dev.cel.common.CelIssue;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The compiler's errors in words for people who write rules, not grammars. */
final class Complaints {

  private static final Pattern UNDECLARED =
      Pattern.compile("undeclared reference to '(.*)' \\(in container '.*'\\)", Pattern.DOTALL);
  private static final Pattern NO_FIELD = Pattern.compile("undefined field '(.*)'", Pattern.DOTALL);
  private static final Pattern NO_OVERLOAD =
      Pattern.compile(
          "found no matching overload for '(.*)' applied to '(.*?)'(?: \\(candidates: .*\\))?",
          Pattern.DOTALL);
  private static final Pattern UNEXPECTED =
      Pattern.compile(
          "(?:mismatched|extraneous) input '(.*)' expecting .*|no viable alternative at input"
              + " '(.*)'|missing .* at '(.*)'|token recognition error at: '(.*)'",
          Pattern.DOTALL);

  private Complaints() {}

  static RuleIssue of(CelIssue issue) {
    return new RuleIssue(
        "expression",
        Math.max(1, issue.getSourceLocation().getLine()),
        Math.max(0, issue.getSourceLocation().getColumn()) + 1,
        words(issue.getMessage()));
  }

  private static String words(String message) {
    Matcher undeclared = UNDECLARED.matcher(message);
    if (undeclared.matches()) {
      String name = undeclared.group(1);
      List<String> known = new ArrayList<>(Signals.STEP.fields().keySet());
      known.addAll(RuleFunctions.NAMES);
      return "there is no variable or function '" + name + "'" + Suggestions.like(name, known);
    }
    Matcher field = NO_FIELD.matcher(message);
    if (field.matches()) {
      String name = field.group(1);
      List<String> known = new ArrayList<>(Signals.LAYERS.fields().keySet());
      known.addAll(Signals.ACTIVATIONS.fields().keySet());
      known.addAll(Signals.TENSORS.fields().keySet());
      return "there is no field '" + name + "'" + Suggestions.like(name, known);
    }
    Matcher overload = NO_OVERLOAD.matcher(message);
    if (overload.matches()) {
      return "'"
          + overload.group(1).replace("_", "").replace("@", "")
          + "' cannot be applied to "
          + overload.group(2);
    }
    Matcher unexpected = UNEXPECTED.matcher(message);
    if (unexpected.matches()) {
      for (int i = 1; i <= unexpected.groupCount(); i++) {
        String what = unexpected.group(i);
        if (what != null) {
          return what.equals("<EOF>")
              ? "the expression ends too early"
              : "'" + what + "' is not expected here";
        }
      }
    }
    return message;
  }
}
