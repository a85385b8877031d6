package io.evenkeel.ui.alerts;

import java.util.List;

/**
 * Incidents and the notices of them, newest first.
 *
 * @param alerts incidents
 * @param deliveries notices
 */
public record AlertBook(List<AlertLine> alerts, List<Delivery> deliveries) {

  /** Copies. */
  public AlertBook {
    alerts = List.copyOf(alerts);
    deliveries = List.copyOf(deliveries);
  }
}
