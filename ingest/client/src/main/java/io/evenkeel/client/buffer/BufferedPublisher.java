package io.evenkeel.client.buffer;

import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A publisher over any {@link Transport}: an {@link Outbox} behind a lock, and one sender thread
 * that encodes, sends, and reconnects. The training thread holds the lock for as long as it takes
 * to append to a queue, and never logs. A JVM that ends without closing it waits three seconds at
 * most for what is buffered: the last step before a crash tells more than any other.
 */
public final class BufferedPublisher implements TelemetryPublisher {

  private static final Logger LOG = LoggerFactory.getLogger(BufferedPublisher.class);

  private static final long FIRST_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LAST_BACKOFF_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long GRACE_MILLIS = 1_000;

  /** The longest limit of closing; more would not be told apart from for ever. */
  private static final Duration LONGEST_LIMIT = Duration.ofDays(1);

  private static final long EXIT_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Transport transport;
  private final long stallNanos;
  private final PublisherLog log = new PublisherLog();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Outbox outbox;
  private final Thread sender;
  private final Thread exitHook;

  // Guarded by the lock.
  private boolean closing;
  private long closeDeadlineNanos;
  private long lastProgressNanos = System.nanoTime();
  private @Nullable Link link;

  // Of the sender thread alone.
  private final SplittableRandom jitter = new SplittableRandom();

  /**
   * Starts the sender thread, a daemon.
   *
   * @param transport where to
   * @param limits bounds of the buffer
   * @param stallLimit a connection on which something is in flight and nothing was acknowledged for
   *     so long is replaced
   * @param name names the thread
   */
  public BufferedPublisher(
      Transport transport, BufferLimits limits, Duration stallLimit, String name) {
    this.transport = transport;
    this.stallNanos = stallLimit.toNanos();
    this.outbox = new Outbox(limits);
    this.sender = new Thread(this::run, "evenkeel-publisher-" + name);
    sender.setDaemon(true);
    sender.start();
    this.exitHook = new Thread(this::awaitEmpty, "evenkeel-publisher-exit-" + name);
    try {
      Runtime.getRuntime().addShutdownHook(exitHook);
    } catch (IllegalStateException e) {
      LOG.debug("Opened while the JVM ends", e);
    }
  }

  /** Waits until nothing is buffered or somebody closes; three seconds at most. */
  private void awaitEmpty() {
    long end = System.nanoTime() + EXIT_NANOS;
    lock.lock();
    try {
      for (long left = EXIT_NANOS;
          left > 0 && !closing && !outbox.isEmpty();
          left = end - System.nanoTime()) {
        changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void publish(StepTelemetry telemetry) {
    String key = Topics.telemetryKey(telemetry.key().run(), telemetry.key().rank());
    offer(new Outgoing(Destination.TELEMETRY, key, telemetry, SizeEstimate.of(telemetry)));
  }

  @Override
  public void publishRun(RunSpec run) {
    offer(new Outgoing(Destination.RUNS, run.run(), run, SizeEstimate.of(run)));
  }

  @Override
  public void publishAck(CommandAck ack) {
    long bytes =
        SizeEstimate.ofTexts(ack.run(), ack.knob(), ack.scope(), ack.errorId(), ack.reason());
    offer(new Outgoing(Destination.ACKS, ack.run(), ack, bytes));
  }

  private void offer(Outgoing record) {
    lock.lock();
    try {
      if (closing) {
        outbox.refuseClosed(record);
      } else {
        outbox.offer(record);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public PublisherStatistics statistics() {
    lock.lock();
    try {
      return outbox.statistics();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public PublisherStatistics close(Duration limit) {
    long millis = clamped(limit).toMillis();
    lock.lock();
    try {
      if (!closing) {
        closing = true;
        closeDeadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    try {
      sender.join(millis + GRACE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sender.interrupt();
    forgetExitHook();
    return giveUp();
  }

  private static Duration clamped(Duration limit) {
    if (limit.isNegative()) {
      return Duration.ZERO;
    }
    return limit.compareTo(LONGEST_LIMIT) > 0 ? LONGEST_LIMIT : limit;
  }

  private void forgetExitHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(exitHook);
    } catch (IllegalStateException e) {
      LOG.debug("Closed while the JVM ends", e);
    }
  }

  private PublisherStatistics giveUp() {
    lock.lock();
    try {
      outbox.giveUp();
      return outbox.statistics();
    } finally {
      lock.unlock();
    }
  }

  // The thread must outlive whatever a transport throws: it is the only one that empties the
  // buffer.
  private void run() {
    long backoff = FIRST_BACKOFF_NANOS;
    while (!finished()) {
      Link current = null;
      String reason;
      long asked = 0;
      try {
        current = new Link(transport.connect());
        reason = serve(current);
      } catch (TransportException e) {
        reason = String.valueOf(e.getMessage());
        asked = e.retryAfter().toNanos();
      } catch (RuntimeException | Error e) {
        reason = e.toString();
      } catch (InterruptedException e) {
        break;
      }
      if (current != null) {
        disconnect(current);
        backoff = current.acknowledged ? FIRST_BACKOFF_NANOS : backoff;
      }
      if (!finished()) {
        log.down(reason);
        log.dropped(statistics().dropped());
        // Spread, since thousands of ranks lose the same receiver at the same moment.
        if (!pause(asked + backoff / 2 + jitter.nextLong(Math.max(backoff, asked) / 2 + 1))) {
          break;
        }
        backoff = Math.min(2 * backoff, LAST_BACKOFF_NANOS);
      }
    }
    log.closed(giveUp());
  }

  /** Sends until the connection is of no more use or all is done; says why it ended. */
  private String serve(Link current) throws TransportException, InterruptedException {
    lock.lock();
    try {
      link = current;
      lastProgressNanos = System.nanoTime();
    } finally {
      lock.unlock();
    }
    while (true) {
      Outgoing record = await(current);
      if (record == null) {
        return current.end;
      }
      if (current.acknowledged && log.hasToldDown()) {
        log.up(statistics());
      }
      byte[] encoded = encode(current, record);
      if (encoded != null) {
        current.connection.send(
            record.destination, record.key, encoded, new Delivery(current, record));
      }
      log.dropped(statistics().dropped());
    }
  }

  /** Waits for a record to send; null when the connection is to be left or all is done. */
  private @Nullable Outgoing await(Link current) throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        long now = System.nanoTime();
        if (current.broken || finished()) {
          return null;
        }
        if (outbox.inFlight() == 0) {
          lastProgressNanos = now;
        } else if (now - lastProgressNanos > stallNanos) {
          current.end = "Nothing was acknowledged for " + Duration.ofNanos(stallNanos);
          return null;
        }
        Outgoing next = outbox.next();
        if (next != null) {
          return next;
        }
        changed.awaitNanos(
            closing ? FIRST_BACKOFF_NANOS : Math.min(stallNanos, LAST_BACKOFF_NANOS));
      }
    } finally {
      lock.unlock();
    }
  }

  /** The encoded record; null when it cannot be sent and was refused. */
  private byte @Nullable [] encode(Link current, Outgoing record) {
    if (record.encoded != null) {
      return record.encoded;
    }
    byte[] encoded;
    try {
      encoded = record.encode(droppedTelemetry());
    } catch (RuntimeException | Error e) {
      // One record that cannot be sent must not hold up those behind it.
      settle(current, record, Outcome.REFUSED, String.valueOf(e.getMessage()));
      return null;
    }
    lock.lock();
    try {
      outbox.encoded(record, encoded);
    } finally {
      lock.unlock();
    }
    return encoded;
  }

  private long droppedTelemetry() {
    lock.lock();
    try {
      return outbox.droppedTelemetry();
    } finally {
      lock.unlock();
    }
  }

  private boolean finished() {
    lock.lock();
    try {
      return closing && (outbox.isEmpty() || System.nanoTime() - closeDeadlineNanos >= 0);
    } finally {
      lock.unlock();
    }
  }

  private void disconnect(Link current) {
    lock.lock();
    try {
      link = null;
      outbox.returnAll();
    } finally {
      lock.unlock();
    }
    try {
      current.connection.close();
    } catch (RuntimeException e) {
      LOG.debug("Closing a connection failed", e);
    }
  }

  /** Waits before the next try; false when interrupted. */
  private boolean pause(long nanos) {
    long end = System.nanoTime() + nanos;
    lock.lock();
    try {
      for (long left = nanos; left > 0 && !finished(); left = end - System.nanoTime()) {
        changed.awaitNanos(Math.min(left, FIRST_BACKOFF_NANOS));
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void settle(Link of, Outgoing record, Outcome outcome, String reason) {
    lock.lock();
    try {
      if (link != of) {
        return;
      }
      if (outcome == Outcome.ARRIVED) {
        outbox.acknowledged(record);
        of.acknowledged = true;
      } else {
        outbox.refused(record);
      }
      lastProgressNanos = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (outcome == Outcome.REFUSED) {
      log.refused(record.destination, reason);
    }
  }

  private enum Outcome {
    ARRIVED,
    REFUSED
  }

  /** A connection and what is known of it. */
  private static final class Link {
    final Transport.Connection connection;
    volatile boolean acknowledged;
    volatile boolean broken;
    volatile String end = "The connection was closed";

    Link(Transport.Connection connection) {
      this.connection = connection;
    }
  }

  /** Brings what became of a record back from the transport's thread. */
  private final class Delivery implements Transport.Completion {
    private final Link of;
    private final Outgoing record;

    Delivery(Link of, Outgoing record) {
      this.of = of;
      this.record = record;
    }

    @Override
    public void acknowledged() {
      settle(of, record, Outcome.ARRIVED, "");
    }

    @Override
    public void refused(String reason) {
      settle(of, record, Outcome.REFUSED, reason);
    }

    @Override
    public void failed(String reason) {
      lock.lock();
      try {
        of.end = reason;
        of.broken = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
