package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import java.util.Map;

/**
 * Make the trainer do something.
 *
 * @param action one of the run's declared actions
 * @param arguments arguments
 */
public record RunAction(String action, Map<String, String> arguments)
    implements CommandBody, RequestBody {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public RunAction {
    Check.name("action", action);
    arguments = Check.map("arguments", arguments);
  }
}
