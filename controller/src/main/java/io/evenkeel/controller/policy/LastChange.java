package io.evenkeel.controller.policy;

import java.time.Instant;

/**
 * The latest change of a knob in this incarnation.
 *
 * @param issuedStep step of the signals that the decision rested on
 * @param appliedStep first step that ran with the new value; {@link #NOT_YET} while unacknowledged
 * @param from value before
 * @param to value after
 * @param origin policy, {@code operator:NAME} or {@code guard}
 * @param issued when
 */
public record LastChange(
    long issuedStep, long appliedStep, double from, double to, String origin, Instant issued) {

  /** The trainer has not told yet. */
  public static final long NOT_YET = -1;

  /** Whether the trainer has said from which step on the value holds. */
  public boolean applied() {
    return appliedStep != NOT_YET;
  }
}
