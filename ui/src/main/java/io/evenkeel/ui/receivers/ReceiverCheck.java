package io.evenkeel.ui.receivers;

import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.alerting.config.Secrets;

/** Checks receivers and routes as the controller will, without the secrets. */
public final class ReceiverCheck {
  private ReceiverCheck() {}

  /** What is wrong with a text, all at once and by place, and what it says. */
  public static AlertsFile of(String text, Place place) {
    return AlertsFile.parse(text, Secrets.named(place.secretNames(), place.reach()), "");
  }
}
