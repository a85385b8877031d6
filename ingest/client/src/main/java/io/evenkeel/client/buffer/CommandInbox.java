package io.evenkeel.client.buffer;

import io.evenkeel.client.SubscriptionStatistics;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands between a transport's thread and the training thread. Bounded by its reader: a transport
 * stops reading while the inbox is full, as the source keeps what is not read. Thread-safe.
 */
public final class CommandInbox {

  /** Commands that may wait; a transport adds at most one batch beyond it. */
  public static final int CAPACITY = 4_096;

  private static final Logger LOG = LoggerFactory.getLogger(CommandInbox.class);

  private final String run;
  private final LogLimit malformedLog = new LogLimit(Duration.ofMinutes(1));
  private final Deque<Command> waiting = new ArrayDeque<>();
  private long epoch;
  private Heard heard = new Heard(0, 0);
  private long received;
  private long malformed;

  /**
   * How far the commands of the newest epoch have been heard. What an older epoch's leader says
   * beside a newer one does not count: its sequences may be given again.
   *
   * @param sequence the highest; 0 if none
   * @param leaseMicros until when the last lease is valid, microseconds since the epoch; 0 if none
   */
  public record Heard(long sequence, long leaseMicros) {}

  /** Keeps the commands of {@code run} alone. */
  public CommandInbox(String run) {
    this.run = run;
  }

  /** Takes an encoded command; counts and skips what cannot be read, ignores other runs. */
  public void accept(byte[] value) {
    Command command;
    try {
      command = Codecs.COMMAND.decode(value);
    } catch (WireException e) {
      skip(e);
      return;
    }
    if (!command.run().equals(run)) {
      return;
    }
    synchronized (this) {
      received++;
      hear(command);
      Command last = waiting.peekLast();
      if (last != null && last.body() instanceof Lease && replaces(command, last)) {
        waiting.removeLast();
      }
      waiting.addLast(command);
    }
  }

  private void hear(Command command) {
    long commandEpoch = command.position().epoch();
    if (commandEpoch < epoch) {
      return;
    }
    if (command.body() instanceof Lease lease) {
      long micros = Math.max(0, ChronoUnit.MICROS.between(Instant.EPOCH, lease.validUntil()));
      long before = commandEpoch > epoch ? 0 : heard.leaseMicros;
      heard = new Heard(heard.sequence, Math.max(before, micros));
    } else {
      long sequence = Math.max(heard.sequence, command.position().sequence());
      heard = new Heard(sequence, heard.leaseMicros);
    }
    epoch = commandEpoch;
  }

  /** Where a transport that asks for commands goes on. */
  public synchronized Heard heard() {
    return heard;
  }

  // A lease says no more than the next one of the same leader does; one every second would
  // otherwise fill the inbox of a trainer that reads once a long step.
  private static boolean replaces(Command command, Command lease) {
    return command.body() instanceof Lease
        && command.incarnation() == lease.incarnation()
        && command.position().epoch() == lease.position().epoch();
  }

  private synchronized void skip(WireException e) {
    malformed++;
    if (malformedLog.mayLog()) {
      LOG.warn("{}", ErrorId.WIRE_MALFORMED.line("A command was skipped: " + e.getMessage() + "."));
    }
  }

  /** Counts what came in place of an answer, and could not even be cut into records. */
  public synchronized void countUnreadable() {
    malformed++;
  }

  /** Everything that waits, in order. */
  public synchronized List<Command> drain() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Command> drained = List.copyOf(waiting);
    waiting.clear();
    return drained;
  }

  /** Whether a transport must stop reading. */
  public synchronized boolean isFull() {
    return waiting.size() >= CAPACITY;
  }

  /** What has arrived so far. */
  public synchronized SubscriptionStatistics statistics() {
    return new SubscriptionStatistics(received, malformed, waiting.size());
  }
}
