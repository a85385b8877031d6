package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import org.jspecify.annotations.Nullable;

/**
 * Set a knob.
 *
 * @param knob knob
 * @param scope empty for the whole model
 * @param value new value
 * @param expectedFrom the value that the issuer believed in force; null if none
 */
public record SetKnob(String knob, String scope, double value, @Nullable Double expectedFrom)
    implements CommandBody, RequestBody {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public SetKnob {
    Check.name("knob", knob);
    Check.text("scope", scope);
  }
}
