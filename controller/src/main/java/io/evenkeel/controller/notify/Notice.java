package io.evenkeel.controller.notify;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;

/**
 * That an incident began or ended, to be told to people.
 *
 * @param id the same over all tries, restarts and repeated alert events
 * @param alert the event, firing or resolved
 * @param startsAt wall time at which the incident fired
 */
public record Notice(String id, AlertEvent alert, Instant startsAt) {

  /** Validates. */
  public Notice {
    Objects.requireNonNull(startsAt, "startsAt");
    if (alert.state() == AlertState.PENDING) {
      throw new IllegalArgumentException("nobody is told of a pending alert");
    }
  }

  /** The id of an event's notice. It holds no dot, which separates the parts that are signed. */
  public static String idOf(AlertEvent alert) {
    String id = alert.alertId() + "-" + alert.state().name().toLowerCase(Locale.ROOT);
    return id.replace('.', '_');
  }
}
