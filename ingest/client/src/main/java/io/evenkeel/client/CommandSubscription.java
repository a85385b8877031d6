package io.evenkeel.client;

import io.evenkeel.contract.command.Command;
import java.util.List;

/**
 * The commands of one run, leases included, in the order in which the controller wrote them.
 *
 * <p>A new subscription begins with the oldest command that is still kept, so that none is lost
 * over a restart, and may repeat commands at any time: the trainer tells by incarnation, epoch,
 * sequence and expiry what it has handled, and refuses it. Of leases that arrive one after the
 * other without a command between them, only the last is kept.
 *
 * <p>Safe for use by several threads.
 */
public interface CommandSubscription extends AutoCloseable {

  /** The commands that have arrived since the last call; empty if none. Never waits. */
  List<Command> poll();

  /** What has arrived so far. */
  SubscriptionStatistics statistics();

  /** Stops reading; waits a few seconds at most. {@link #poll()} then gives what is left. */
  @Override
  void close();
}
