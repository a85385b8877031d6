package io.evenkeel.ui.alerts;

import io.evenkeel.contract.rule.Runbook;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An incident.
 *
 * @param alertId id
 * @param run run id
 * @param incarnation incarnation
 * @param rule rule id; text from outside
 * @param scope scope; text from outside
 * @param severity info, warning or critical
 * @param state pending, firing or resolved
 * @param firstStep first step at which the condition held
 * @param firedStep step at which it fired
 * @param resolvedStep step at which it resolved
 * @param value value when it fired
 * @param threshold limit when it fired
 * @param summary a sentence; text from outside
 * @param firedAt when it fired
 * @param resolvedAt when it resolved
 */
public record AlertLine(
    String alertId,
    String run,
    int incarnation,
    String rule,
    String scope,
    String severity,
    String state,
    long firstStep,
    @Nullable Long firedStep,
    @Nullable Long resolvedStep,
    double value,
    double threshold,
    String summary,
    @Nullable Instant firedAt,
    @Nullable Instant resolvedAt) {

  /** Whether it is not over. */
  public boolean isOpen() {
    return !"resolved".equals(state);
  }

  /** Where to read what to do. */
  public String runbook() {
    return Runbook.page(rule);
  }
}
