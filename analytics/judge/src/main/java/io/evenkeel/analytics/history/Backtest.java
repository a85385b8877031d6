package io.evenkeel.analytics.history;

import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.analytics.detect.RuleSettings;
import io.evenkeel.analytics.detect.UserRule;
import io.evenkeel.analytics.detect.UserRuleFailure;
import io.evenkeel.analytics.offline.SignalReplay;
import io.evenkeel.analytics.rule.RuleCompiler;
import io.evenkeel.analytics.rule.RuleSet;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rules over one run's stored steps: where they would have fired. For one thread. Keeps the
 * incidents and bounded envelopes of the rules' values, not the steps.
 */
public final class Backtest {

  private final String run;
  private final Set<String> rules;
  private final SignalReplay replay;
  private final Map<String, Values> judged = new HashMap<>();
  private final Map<String, Incident> incidents = new LinkedHashMap<>();
  private long steps;

  /**
   * What came of it.
   *
   * @param run the run
   * @param steps stored steps that were read
   * @param tallies what each rule did, by id
   * @param incidents in the order in which they fired
   */
  public record Outcome(String run, long steps, List<Tally> tallies, List<Incident> incidents) {

    /** Copies. */
    public Outcome {
      tallies = List.copyOf(tallies);
      incidents = List.copyOf(incidents);
    }
  }

  /**
   * What a rule did.
   *
   * @param rule its id
   * @param judgedSteps steps at which all that it depends on was measured
   * @param incidents how often it fired, over all scopes
   * @param values what the rule's expression gave, the largest over its scopes; empty of a built-in
   *     rule, which keeps its values to itself
   */
  public record Tally(String rule, long judgedSteps, long incidents, List<Envelope.Bucket> values) {

    /** Copies. */
    public Tally {
      values = List.copyOf(values);
    }
  }

  /**
   * One incident.
   *
   * @param rule rule id
   * @param scope run, a layer, or {@code rule} where the rule itself failed
   * @param severity severity
   * @param incarnation of the run
   * @param firedStep step at which it fired
   * @param resolvedStep step at which it resolved; null if it was open at the end
   * @param value what was seen at the firing
   * @param threshold its limit
   * @param summary a sentence for people
   */
  public record Incident(
      String rule,
      String scope,
      Severity severity,
      int incarnation,
      long firedStep,
      @Nullable Long resolvedStep,
      double value,
      double threshold,
      String summary) {

    private static Incident of(AlertEvent event) {
      return new Incident(
          event.rule(),
          event.scope(),
          event.severity(),
          event.incarnation(),
          event.step(),
          null,
          event.value(),
          event.threshold(),
          event.summary());
    }

    private Incident resolvedAt(long step) {
      return new Incident(
          rule, scope, severity, incarnation, firedStep, step, value, threshold, summary);
    }
  }

  /**
   * A backtest that has seen nothing.
   *
   * @param run the run whose steps come
   * @param rules rules; those of other runs are left out
   */
  public Backtest(String run, List<AlertRule> rules) {
    this.run = run;
    this.rules =
        rules.stream()
            .filter(rule -> rule.run().isEmpty() || rule.run().equals(run))
            .map(AlertRule::rule)
            .collect(Collectors.toCollection(TreeSet::new));
    RuleSet inForce = RuleSet.of(rules, RuleCompiler.onProcessorTime(), RuleSet.EMPTY);
    this.replay = new SignalReplay(run, new Counting(inForce, judged), this::told);
  }

  /** A step; ascending within an incarnation, and incarnations ascending. */
  public void accept(StepSignals step) {
    steps++;
    replay.accept(step);
  }

  /** Steps so far. */
  public long steps() {
    return steps;
  }

  /** What came of it so far. */
  public Outcome outcome() {
    List<Tally> tallies = new ArrayList<>();
    for (String rule : rules) {
      long count = incidents.values().stream().filter(one -> one.rule().equals(rule)).count();
      Values values = judged.get(rule);
      // Built-in rules judge for themselves which steps they can.
      long seen = values != null ? values.steps : isBuiltIn(rule) ? steps : 0;
      tallies.add(
          new Tally(rule, seen, count, values == null ? List.of() : values.envelope.buckets()));
    }
    return new Outcome(run, steps, tallies, List.copyOf(incidents.values()));
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
      incidents.put(event.alertId(), Incident.of(event));
    } else if (event.state() == AlertState.RESOLVED) {
      incidents.computeIfPresent(event.alertId(), (id, one) -> one.resolvedAt(event.step()));
    }
  }

  private static final class Values {
    private final Envelope envelope = new Envelope();
    private long steps;
  }

  /** The rules in force, with what each gave at the steps at which it had a value. */
  private record Counting(RuleSet rules, Map<String, Values> judged) implements RuleBook {

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

  private record Counted(UserRule rule, Map<String, Values> judged) implements UserRule {

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
      double largest = Double.NaN;
      for (Finding finding : result.findings()) {
        if (!Double.isNaN(finding.value())) {
          largest = Double.isNaN(largest) ? finding.value() : Math.max(largest, finding.value());
        }
      }
      if (!Double.isNaN(largest)) {
        Values values = judged.computeIfAbsent(rule.id(), id -> new Values());
        values.steps++;
        values.envelope.add(signals.key().step(), largest);
      }
      return result;
    }

    @Override
    public String summary(String scope, double value, double threshold) {
      return rule.summary(scope, value, threshold);
    }
  }
}
