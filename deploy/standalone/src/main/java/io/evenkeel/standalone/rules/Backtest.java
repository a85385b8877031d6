package io.evenkeel.standalone.rules;

import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.analytics.detect.RuleSettings;
import io.evenkeel.analytics.detect.UserRule;
import io.evenkeel.analytics.detect.UserRuleFailure;
import io.evenkeel.analytics.offline.SignalReplay;
import io.evenkeel.analytics.rule.RuleCompiler;
import io.evenkeel.analytics.rule.RuleSet;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Rules of a file over one run's stored steps. */
final class Backtest {

  private final String run;
  private final Set<String> rules;
  private final SignalReplay replay;
  private final Map<String, Long> judged = new HashMap<>();
  private final Map<String, BacktestReport.Hit> hits = new LinkedHashMap<>();
  private long steps;

  Backtest(String run, List<AlertRule> rules) {
    this.run = run;
    this.rules =
        rules.stream()
            .filter(rule -> rule.run().isEmpty() || rule.run().equals(run))
            .map(AlertRule::rule)
            .collect(Collectors.toCollection(java.util.TreeSet::new));
    RuleSet inForce = RuleSet.of(rules, RuleCompiler.onProcessorTime(), RuleSet.EMPTY);
    this.replay = new SignalReplay(run, new Counting(inForce, judged), this::told);
  }

  void accept(StepSignals step) {
    steps++;
    replay.accept(step);
  }

  BacktestReport report(String file) {
    List<BacktestReport.Rule> counted = new ArrayList<>();
    for (String rule : rules) {
      long incidents = hits.values().stream().filter(hit -> hit.rule().equals(rule)).count();
      // Built-in rules judge for themselves which steps they can.
      counted.add(
          new BacktestReport.Rule(
              rule, judged.getOrDefault(rule, isBuiltIn(rule) ? steps : 0), incidents));
    }
    return new BacktestReport(run, file, steps, counted, List.copyOf(hits.values()));
  }

  private static boolean isBuiltIn(String rule) {
    for (BuiltInRule builtIn : BuiltInRule.values()) {
      if (builtIn.id().equals(rule)) {
        return true;
      }
    }
    return false;
  }

  private void told(AlertEvent event) {
    if (!rules.contains(event.rule())) {
      return;
    }
    if (event.state() == AlertState.FIRING) {
      hits.put(event.alertId(), BacktestReport.Hit.of(event));
    } else if (event.state() == AlertState.RESOLVED) {
      hits.computeIfPresent(event.alertId(), (id, hit) -> hit.resolvedAt(event.step()));
    }
  }

  /** The rules in force, with a count of the steps at which each had a value. */
  private record Counting(RuleSet rules, Map<String, Long> judged) implements RuleBook {

    @Override
    public RuleSettings settings(BuiltInRule rule, String run, RuleSettings builtIn) {
      return rules.settings(rule, run, builtIn);
    }

    @Override
    public List<UserRule> userRules(String run) {
      return rules.userRules(run).stream()
          .map(rule -> (UserRule) new Counted(rule, judged))
          .toList();
    }
  }

  private record Counted(UserRule rule, Map<String, Long> judged) implements UserRule {

    @Override
    public String id() {
      return rule.id();
    }

    @Override
    public RuleSettings settings() {
      return rule.settings();
    }

    @Override
    public Result evaluate(StepSignals signals) throws UserRuleFailure {
      Result result = rule.evaluate(signals);
      if (result.findings().stream().anyMatch(finding -> !Double.isNaN(finding.value()))) {
        judged.merge(rule.id(), 1L, Long::sum);
      }
      return result;
    }

    @Override
    public String summary(String scope, double value, double threshold) {
      return rule.summary(scope, value, threshold);
    }
  }
}
