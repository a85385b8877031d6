package io.evenkeel.ui.runs;

/**
 * A knob as the run declares it.
 *
 * @param knob name; text from outside
 * @param scope empty for the whole model; text from outside
 * @param minimum least value
 * @param maximum largest value
 * @param initial value at the start
 * @param baseline value without Evenkeel
 * @param maxFactor largest factor of one change
 * @param cooldownSteps steps between two changes
 * @param maxChangesPerHour budget an hour
 * @param unit unit, may be empty
 */
public record Knob(
    String knob,
    String scope,
    double minimum,
    double maximum,
    double initial,
    double baseline,
    double maxFactor,
    int cooldownSteps,
    int maxChangesPerHour,
    String unit) {

  /** Name and scope together. */
  public String label() {
    return scope.isEmpty() ? knob : knob + " · " + scope;
  }
}
