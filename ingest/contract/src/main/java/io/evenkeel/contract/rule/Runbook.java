package io.evenkeel.contract.rule;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where people read what an alert means and what to do. */
public final class Runbook {

  private static final Set<String> BUILT_IN =
      Stream.concat(
              Arrays.stream(BuiltInRule.values()).map(BuiltInRule::id),
              Arrays.stream(ControllerRule.values()).map(ControllerRule::id))
          .collect(Collectors.toSet());

  private Runbook() {}

  /**
   * The page of a rule: its own if it is built in, else the one about users' own rules.
   *
   * @param rule rule id
   */
  public static String page(String rule) {
    return BUILT_IN.contains(rule) ? "docs/runbooks/" + rule + ".md" : "docs/rules.md";
  }
}
