package io.evenkeel.bench.detection;

import io.evenkeel.contract.alert.Severity;

/**
 * An alert that fired.
 *
 * @param rule rule id
 * @param scope scope
 * @param severity severity
 * @param incarnation of the run
 * @param firedStep step at which it fired
 * @param resolvedStep step at which it was resolved, or the run's last
 */
record Incident(
    String rule,
    String scope,
    Severity severity,
    int incarnation,
    long firedStep,
    long resolvedStep) {

  /** Whether somebody is called: a notice in passing is no alarm. */
  boolean pages() {
    return severity.compareTo(Severity.WARNING) >= 0;
  }
}
