package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.error.Check;

/**
 * The value of a knob in force.
 *
 * @param knob such as {@code load_balance.alpha}
 * @param scope empty for the whole model, {@code layers/3} for one layer
 * @param value the value
 */
public record KnobValue(String knob, String scope, double value) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public KnobValue {
    Check.name("knob", knob);
    Check.text("scope", scope);
  }
}
