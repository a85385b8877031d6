package io.evenkeel.analytics.detect;

import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.RuleState;
import java.util.List;
import java.util.Map;

/**
 * What a rule asks for before it fires and before it clears.
 *
 * @param levels ascending by severity, at least one
 * @param clearThreshold a step is clear when its value does not exceed this
 * @param clearForSteps steps in a row that must be clear
 * @param state evaluated or not
 * @param labels for routing
 */
public record RuleSettings(
    List<Level> levels,
    double clearThreshold,
    int clearForSteps,
    RuleState state,
    Map<String, String> labels) {

  /** Validates. */
  public RuleSettings {
    levels = List.copyOf(levels);
    labels = Map.copyOf(labels);
    if (levels.isEmpty() || clearForSteps < 1) {
      throw new IllegalArgumentException("a rule needs a level, and clearForSteps >= 1");
    }
  }

  /** Built-in settings. */
  static RuleSettings builtIn(double clearThreshold, int clearForSteps, Level... levels) {
    return new RuleSettings(
        List.of(levels), clearThreshold, clearForSteps, RuleState.ENABLED, Map.of());
  }

  /**
   * The settings that {@code rule} puts in place of the built-in ones: its one threshold and
   * severity replace all levels.
   */
  public static RuleSettings of(AlertRule rule) {
    int ofSteps = Math.min(rule.ofSteps(), Level.MAX_OF_STEPS);
    return new RuleSettings(
        List.of(
            Level.of(
                rule.severity(), rule.threshold(), Math.min(rule.forSteps(), ofSteps), ofSteps)),
        Math.min(rule.clearThreshold(), rule.threshold()),
        rule.clearForSteps(),
        rule.state(),
        rule.labels());
  }

  /** Whether a value counts for any level. */
  boolean counts(double value) {
    for (Level level : levels) {
      if (value > level.threshold()) {
        return true;
      }
    }
    return false;
  }

  /** The longest look-back of any level. */
  int ofSteps() {
    int longest = 1;
    for (Level level : levels) {
      longest = Math.max(longest, level.ofSteps());
    }
    return longest;
  }

  /** The mildest level. */
  Level mildest() {
    return levels.get(0);
  }
}
