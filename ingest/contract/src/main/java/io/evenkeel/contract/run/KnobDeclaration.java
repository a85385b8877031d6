package io.evenkeel.contract.run;

import io.evenkeel.contract.error.Check;
import java.util.Objects;

/**
 * A knob that a trainer offers, with the bounds that it enforces itself.
 *
 * @param knob such as {@code load_balance.alpha}
 * @param scope empty for the whole model
 * @param minimum least value
 * @param maximum largest value
 * @param initial value at the start
 * @param baseline value that holds without Evenkeel
 * @param maxFactor largest factor of one change, &gt; 1; a change from or to zero is bounded by
 *     minimum and maximum alone
 * @param cooldownSteps steps between two changes
 * @param maxChangesPerHour budget an hour
 * @param fallback what to do when the lease lapses
 * @param unit unit, empty if none
 */
public record KnobDeclaration(
    String knob,
    String scope,
    double minimum,
    double maximum,
    double initial,
    double baseline,
    double maxFactor,
    int cooldownSteps,
    int maxChangesPerHour,
    Fallback fallback,
    String unit) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public KnobDeclaration {
    Check.name("knob", knob);
    Check.text("scope", scope);
    Check.notNegative("cooldownSteps", cooldownSteps);
    Check.notNegative("maxChangesPerHour", maxChangesPerHour);
    Objects.requireNonNull(fallback, "fallback");
    Check.text("unit", unit);
    Check.that(minimum <= maximum, "minimum exceeds maximum");
    Check.that(minimum <= initial && initial <= maximum, "initial is out of bounds");
    Check.that(minimum <= baseline && baseline <= maximum, "baseline is out of bounds");
    Check.that(maxFactor > 1, "maxFactor must exceed 1");
  }
}
