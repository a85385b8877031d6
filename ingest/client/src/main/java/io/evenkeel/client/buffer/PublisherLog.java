package io.evenkeel.client.buffer;

import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.contract.error.ErrorId;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a publisher tells a trainer's log, which must not fill up over Evenkeel: an outage once, all
 * else now and then. For the sender thread, but for {@link #refused}, which is for any.
 */
final class PublisherLog {

  private static final Logger LOG = LoggerFactory.getLogger(BufferedPublisher.class);
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final LogLimit drops = new LogLimit(EVERY);
  private final LogLimit refusals = new LogLimit(EVERY);
  private boolean toldDown;
  private long toldDropped;

  /** There is no connection that works. */
  void down(String reason) {
    if (!toldDown) {
      toldDown = true;
      LOG.warn(ErrorId.CLIENT_BROKER_DOWN.line(reason + "."));
    }
  }

  /** Whether {@link #down} was told, and {@link #up} not since. */
  boolean hasToldDown() {
    return toldDown;
  }

  /** Records arrive again. */
  void up(PublisherStatistics statistics) {
    toldDown = false;
    LOG.info("Telemetry flows again: {}", statistics);
  }

  /** So many records have been dropped in all. */
  void dropped(long dropped) {
    if (dropped > toldDropped && drops.mayLog()) {
      toldDropped = dropped;
      LOG.warn(ErrorId.CLIENT_BUFFER_FULL.line(dropped + " records dropped so far."));
    }
  }

  /** The receiver, or the codec, does not take a record. */
  void refused(Destination destination, String reason) {
    if (refusals.mayLog()) {
      LOG.warn(
          ErrorId.CLIENT_REFUSED.line(
              "A record to " + destination.topic() + " was refused: " + reason + "."));
    }
  }

  /** Nothing more will be sent. */
  void closed(PublisherStatistics last) {
    if (last.dropped() > 0) {
      LOG.warn(
          ErrorId.CLIENT_BUFFER_FULL.line(
              "Closed; " + last.dropped() + " of " + last.accepted() + " records were dropped."));
    }
  }
}
