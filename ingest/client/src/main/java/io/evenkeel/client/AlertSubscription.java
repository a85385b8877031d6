package io.evenkeel.client;

import io.evenkeel.contract.alert.AlertEvent;
import java.util.List;

/**
 * What analytics says about one run, for whoever watches its terminal: nothing is to be done by it.
 *
 * <p>A subscription begins with the events that are emitted after it was opened, and may repeat
 * them. Of more than {@value #CAPACITY} events that nobody polls, the oldest are dropped.
 *
 * <p>Safe for use by several threads.
 */
public interface AlertSubscription extends AutoCloseable {

  /** Events that may wait. */
  int CAPACITY = 1_024;

  /** The events that have arrived since the last call, in order; empty if none. Never waits. */
  List<AlertEvent> poll();

  /** What has arrived so far. */
  SubscriptionStatistics statistics();

  /** Stops reading; waits a few seconds at most. */
  @Override
  void close();
}
