package io.evenkeel.ui.rules.ui;

import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.rule.RuleState;
import io.evenkeel.ui.rules.RuleKey;
import io.evenkeel.ui.rules.RuleShelf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A line of the list of rules.
 *
 * @param key which rule, and for which run
 * @param record as it is on the topic; null for a built-in rule as it was shipped
 */
record RuleRow(RuleKey key, @Nullable AlertRule record) {
  private static final Set<String> BUILT_IN =
      Arrays.stream(BuiltInRule.values())
          .map(BuiltInRule::id)
          .collect(Collectors.toCollection(TreeSet::new));

  /** Own rules first, then the built-in ones, each with what runs have of their own. */
  static List<RuleRow> of(RuleShelf shelf) {
    List<RuleRow> rows = new ArrayList<>();
    shelf.rules().stream()
        .filter(rule -> !BUILT_IN.contains(rule.rule()))
        .forEach(rule -> rows.add(new RuleRow(RuleKey.of(rule), rule)));
    for (String id : BUILT_IN) {
      List<RuleRow> settings =
          shelf.rules().stream()
              .filter(rule -> rule.rule().equals(id))
              .map(rule -> new RuleRow(RuleKey.of(rule), rule))
              .toList();
      if (settings.stream().noneMatch(row -> row.key().run().isEmpty())) {
        rows.add(new RuleRow(new RuleKey(id, ""), null));
      }
      rows.addAll(settings);
    }
    return rows;
  }

  static boolean isBuiltIn(String rule) {
    return BUILT_IN.contains(rule);
  }

  boolean isBuiltIn() {
    return isBuiltIn(key.rule());
  }

  String state() {
    if (record == null) {
      return "as shipped";
    }
    if (record.state() == RuleState.DISABLED) {
      return "off";
    }
    return isBuiltIn() ? "changed" : "on";
  }

  boolean matches(String wanted) {
    return wanted.isEmpty()
        || (key.rule() + " " + key.run() + " " + (record == null ? "" : record.expression()))
            .toLowerCase(java.util.Locale.ROOT)
            .contains(wanted);
  }
}
