package io.evenkeel.contract.alert;

/** The states that an incident passes through. */
public enum AlertState {
  /** The condition holds, not yet for long enough. */
  PENDING,
  /** The condition has held for long enough. */
  FIRING,
  /** The clear condition has held for long enough. */
  RESOLVED
}
