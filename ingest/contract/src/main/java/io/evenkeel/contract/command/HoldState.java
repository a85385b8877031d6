package io.evenkeel.contract.command;

/** Whether a hold or a kill switch is in force. */
public enum HoldState {
  HELD,
  RELEASED
}
