package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;

/**
 * Send one test notice to every channel of a receiver.
 *
 * @param receiver its name in the configuration
 */
public record TestReceiver(String receiver) implements AlertRequest {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public TestReceiver {
    Check.name("receiver", receiver);
  }
}
