package io.evenkeel.contract.command;

import java.util.Objects;

/**
 * Stop all control of a run, or allow it again.
 *
 * @param state held: no command leaves
 */
public record KillSwitch(HoldState state) implements RequestBody {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public KillSwitch {
    Objects.requireNonNull(state, "state");
  }
}
