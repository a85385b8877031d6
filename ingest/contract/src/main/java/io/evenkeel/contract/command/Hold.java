package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import java.util.Objects;

/**
 * Hold a knob by hand, or release it.
 *
 * @param knob knob
 * @param state held or released
 */
public record Hold(String knob, HoldState state) implements RequestBody {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public Hold {
    Check.name("knob", knob);
    Objects.requireNonNull(state, "state");
  }
}
