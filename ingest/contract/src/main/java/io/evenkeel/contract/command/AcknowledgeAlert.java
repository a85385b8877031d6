package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;

/**
 * Say that somebody has taken an alert on: it is not told again until it resolves.
 *
 * @param alertId the incident
 * @param note for people; may be empty
 */
public record AcknowledgeAlert(String alertId, String note) implements AlertRequest {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public AcknowledgeAlert {
    Check.name("alertId", alertId);
    Check.text("note", note);
  }
}
