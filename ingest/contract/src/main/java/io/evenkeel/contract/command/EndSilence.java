package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;

/**
 * End a silence before its time.
 *
 * @param silence its id
 */
public record EndSilence(String silence) implements AlertRequest {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public EndSilence {
    Check.name("silence", silence);
  }
}
