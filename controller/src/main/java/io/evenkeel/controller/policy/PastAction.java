package io.evenkeel.controller.policy;

import java.time.Instant;
import java.util.Map;

/**
 * An action that the trainer was told to take, and has taken or may yet take.
 *
 * @param action its name
 * @param arguments its arguments
 * @param incarnation in which it was ordered
 * @param issuedStep step of the signals that the decision rested on
 * @param origin policy, {@code operator:NAME} or {@code guard}
 * @param issued when
 */
public record PastAction(
    String action,
    Map<String, String> arguments,
    int incarnation,
    long issuedStep,
    String origin,
    Instant issued) {

  /** Copies. */
  public PastAction {
    arguments = Map.copyOf(arguments);
  }
}
