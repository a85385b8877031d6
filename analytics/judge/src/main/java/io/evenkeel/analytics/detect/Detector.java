package io.evenkeel.analytics.detect;

import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.List;

/** One built-in rule: what it looks at, how it judges, and when it fires by default. Stateless. */
public interface Detector {

  /** The scope of what concerns the whole run. */
  String RUN = "run";

  /** The rule. */
  BuiltInRule rule();

  /** Thresholds and persistence unless a rule record says otherwise. */
  RuleSettings defaults();

  /** What there is to judge in a step; scopes differ. What was not measured is left out. */
  List<Observation> observe(StepSignals signals);

  /**
   * Judges one observation, whose figures are all finite.
   *
   * @param memory what was remembered of the scope
   */
  Judgement judge(Memory memory, Observation observation);

  /**
   * A sentence for people.
   *
   * @param scope the scope, in words
   * @param value the value judged
   * @param threshold its limit
   * @param memory what is remembered of the scope, the value judged included
   */
  String summary(String scope, double value, double threshold, Memory memory);

  /** The scope of a layer. */
  static String layer(int layer) {
    return LayerScopes.of(layer);
  }
}
