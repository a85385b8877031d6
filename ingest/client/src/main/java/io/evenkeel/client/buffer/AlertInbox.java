package io.evenkeel.client.buffer;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.SubscriptionStatistics;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Alerts between a transport's thread and the training thread; bounded. Thread-safe. */
public final class AlertInbox {

  private static final Logger LOG = LoggerFactory.getLogger(AlertInbox.class);

  private final String run;
  private final LogLimit malformedLog = new LogLimit(Duration.ofMinutes(1));
  private final Deque<AlertEvent> waiting = new ArrayDeque<>();
  private long received;
  private long malformed;

  /** Keeps the alerts of {@code run} alone. */
  public AlertInbox(String run) {
    this.run = run;
  }

  /** Takes an encoded event; counts and skips what cannot be read, ignores other runs. */
  public synchronized void accept(byte[] value) {
    try {
      AlertEvent event = Codecs.ALERT_EVENT.decode(value);
      if (event.run().equals(run)) {
        received++;
        if (waiting.size() == AlertSubscription.CAPACITY) {
          waiting.removeFirst();
        }
        waiting.addLast(event);
      }
    } catch (WireException e) {
      malformed++;
      if (malformedLog.mayLog()) {
        LOG.warn(
            "{}", ErrorId.WIRE_MALFORMED.line("An alert was skipped: " + e.getMessage() + "."));
      }
    }
  }

  /** Counts what came in place of an answer, and could not even be cut into records. */
  public synchronized void countUnreadable() {
    malformed++;
  }

  /** Everything that waits, in order. */
  public synchronized List<AlertEvent> drain() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<AlertEvent> drained = List.copyOf(waiting);
    waiting.clear();
    return drained;
  }

  /** What has arrived so far. */
  public synchronized SubscriptionStatistics statistics() {
    return new SubscriptionStatistics(received, malformed, waiting.size());
  }
}
