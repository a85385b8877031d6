package io.evenkeel.ui.rundetail;

import org.jspecify.annotations.Nullable;

/**
 * An incident on the step axis.
 *
 * @param alertId id of the incident
 * @param rule rule id
 * @param scope scope; text from outside
 * @param severity info, warning or critical
 * @param state pending, firing or resolved
 * @param firstStep first step at which the condition held
 * @param firedStep step at which it fired; null while pending
 * @param resolvedStep step at which it resolved; null before
 * @param value value when it fired
 * @param threshold limit when it fired
 * @param summary a sentence; text from outside
 */
public record AlertSpan(
    String alertId,
    String rule,
    String scope,
    String severity,
    String state,
    long firstStep,
    @Nullable Long firedStep,
    @Nullable Long resolvedStep,
    double value,
    double threshold,
    String summary) {

  /** What asks for it, see {@link RunEvents}. */
  String id() {
    return RunEvents.ALERT + alertId;
  }

  /** Whether it fires now. */
  public boolean isFiring() {
    return "firing".equals(state);
  }
}
