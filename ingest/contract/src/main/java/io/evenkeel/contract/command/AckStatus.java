package io.evenkeel.contract.command;

/** What became of a command. */
public enum AckStatus {
  APPLIED,
  REJECTED,
  EXPIRED
}
