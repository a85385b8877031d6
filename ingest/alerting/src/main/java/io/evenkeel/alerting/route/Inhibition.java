package io.evenkeel.alerting.route;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the alerts that fire now silence. Holds of each rule the values that its sources have, not
 * the sources.
 */
public final class Inhibition {

  private final List<InhibitRule> rules;
  private final List<Set<List<String>>> sources = new ArrayList<>();

  /** Nothing fires. */
  public Inhibition(List<InhibitRule> rules) {
    this.rules = List.copyOf(rules);
    rules.forEach(rule -> sources.add(new HashSet<>()));
  }

  /** Whether every rule looks for its sources in the target's own run. */
  public static boolean withinRuns(List<InhibitRule> rules) {
    return rules.stream().allMatch(InhibitRule::withinRun);
  }

  /** An alert fires. */
  public void fires(Map<String, String> alert) {
    for (int i = 0; i < rules.size(); i++) {
      if (LabelMatcher.all(rules.get(i).source(), alert)) {
        sources.get(i).add(rules.get(i).values(alert));
      }
    }
  }

  /** Why an alert is not told now; empty if it is. An alert never silences itself. */
  public Optional<String> mutes(Map<String, String> alert) {
    for (int i = 0; i < rules.size(); i++) {
      InhibitRule rule = rules.get(i);
      if (!sources.get(i).isEmpty()
          && LabelMatcher.all(rule.target(), alert)
          && !LabelMatcher.all(rule.source(), alert)
          && sources.get(i).contains(rule.values(alert))) {
        return Optional.of("inhibited by " + rule.source());
      }
    }
    return Optional.empty();
  }
}
