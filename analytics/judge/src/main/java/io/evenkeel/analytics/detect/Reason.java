package io.evenkeel.analytics.detect;

/** Why an incident changed its state. */
public enum Reason {
  /** The condition holds. */
  CONDITION(""),
  /** The clear condition has held for long enough. */
  CLEARED("Cleared"),
  /** It never fired: the condition did not hold for long enough. */
  LAPSED("Lapsed without firing"),
  /** A graver incident takes its place. */
  ESCALATED("Replaced by a graver alert"),
  /** A newer incarnation of the run has begun. */
  SUPERSEDED("The run was restarted"),
  /** The run has ended. */
  RUN_ENDED("The run has ended"),
  /** The run has been silent for so long that its state is dropped. */
  EXPIRED("The run has been silent for too long"),
  /** The rule has been disabled. */
  RULE_DISABLED("The rule was disabled"),
  /** The rule has been changed or deleted. */
  RULE_CHANGED("The rule was changed or deleted");

  private final String words;

  Reason(String words) {
    this.words = words;
  }

  /** For people. */
  String words() {
    return words;
  }
}
