package io.evenkeel.controller.steer;

import io.evenkeel.contract.alert.AlertEvent;

/**
 * Where the controller's own alerts go. The edge; must not block, and may lose: an alert is raised
 * until it has been read back.
 */
@FunctionalInterface
public interface AlertSink {

  /** Raises or resolves. Returns at once. */
  void raise(AlertEvent alert);
}
