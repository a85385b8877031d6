package io.evenkeel.standalone.supervisor;

import java.time.Duration;

/**
 * Hears what happens to services; called on the service's own thread, must return soon and not
 * throw.
 */
public interface ServiceListener {
  /** The service printed its ready line. */
  void ready(String service, Duration startTime);

  /** The service ended without being told to; it is started again after the delay. */
  void died(String service, int exitStatus, Duration restartDelay);

  /** The service could not be started at all; it is tried again after the delay. */
  void notStarted(String service, String reason, Duration restartDelay);

  /** The service has failed too often and is not started again. */
  void givenUp(String service, int restarts);

  /** The service's work is done: exit status 0 of one that is restarted on failure only. */
  void finished(String service);
}
