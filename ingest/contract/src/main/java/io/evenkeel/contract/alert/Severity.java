package io.evenkeel.contract.alert;

/** How urgent an alert is, mildest first. */
public enum Severity {
  INFO,
  WARNING,
  CRITICAL
}
