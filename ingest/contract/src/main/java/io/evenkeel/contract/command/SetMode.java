package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import java.util.Objects;

/**
 * Set the mode of a run or of one knob.
 *
 * @param knob empty for the run
 * @param mode mode
 */
public record SetMode(String knob, Mode mode) implements RequestBody {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public SetMode {
    Check.text("knob", knob);
    Objects.requireNonNull(mode, "mode");
  }
}
