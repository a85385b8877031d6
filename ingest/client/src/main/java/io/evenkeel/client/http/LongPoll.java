package io.evenkeel.client.http;

import io.evenkeel.client.buffer.LogLimit;
import io.evenkeel.client.buffer.TransportException;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.wire.WireException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a gateway the same question again and again, on a daemon thread of its own. */
final class LongPoll implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LongPoll.class);
  private static final long FULL_MILLIS = 200;

  /** A token that does not cover the run will not in a second either. */
  private static final Duration UNWELCOME_WAIT = Duration.ofSeconds(15);

  private static final long CLOSE_MILLIS = 3_000;

  /**
   * How soon the next question follows, ms; each is spread between a half and the whole.
   *
   * @param firstBackoff after a first failure; doubled by each further one
   * @param lastBackoff the longest, and after an answer that cannot be read
   * @param idle twice the least time between two questions of which the first brought nothing
   */
  record Pace(long firstBackoff, long lastBackoff, long idle) {
    static final Pace STANDARD = new Pace(200, 2_000, 2_000);
  }

  /** What is asked, and what becomes of the answers. Of the reader's thread alone. */
  interface Feed {

    /** Names it in threads and logs. */
    String name();

    /** Whether asking has to wait. */
    boolean isFull();

    /** The question: path and the beginning of a query, to which {@code wait=...} is added. */
    String question();

    /**
     * Takes an answer of status 200.
     *
     * @return whether it brought anything that an earlier one had not
     * @throws WireException if it is no answer to the question
     */
    boolean take(Reply reply) throws WireException;

    /** An answer of status 200 was not one to the question, and is lost. */
    void answerUnreadable();

    /** The question itself was found wrong (400): asks another the next time, if there is one. */
    void questionRefused();
  }

  private final Endpoint endpoint;
  private final Duration wait;
  private final Feed feed;
  private final Pace pace;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final LogLimit downLog = new LogLimit(Duration.ofMinutes(1));
  private final SplittableRandom jitter = new SplittableRandom();
  private final Thread reader;

  /** Begins to ask. */
  LongPoll(Endpoint endpoint, Duration wait, Feed feed, Pace pace) {
    this.endpoint = endpoint;
    this.wait = wait;
    this.feed = feed;
    this.pace = pace;
    this.reader = new Thread(this::run, "evenkeel-" + feed.name());
    reader.setDaemon(true);
    reader.start();
  }

  @Override
  public void close() {
    closed.countDown();
    reader.interrupt();
    try {
      reader.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // The thread must outlive whatever an answer holds: without it a trainer hears no command.
  private void run() {
    long backoff = pace.firstBackoff();
    try {
      while (!closed.await(feed.isFull() ? FULL_MILLIS : 0, TimeUnit.MILLISECONDS)) {
        if (feed.isFull()) {
          continue;
        }
        long pause;
        try {
          pause = ask();
          backoff = pace.firstBackoff();
        } catch (TransportException e) {
          report(ErrorId.CLIENT_BROKER_DOWN, String.valueOf(e.getMessage()));
          pause = Math.max(backoff, e.retryAfter().toMillis());
          backoff = Math.min(2 * backoff, pace.lastBackoff());
        } catch (WireException | RuntimeException | Error e) {
          feed.answerUnreadable();
          report(ErrorId.WIRE_MALFORMED, "The answer cannot be read: " + e);
          pause = pace.lastBackoff();
        }
        // Spread, since thousands of ranks lose the same gateway at the same moment.
        long spread = pause == 0 ? 0 : pause / 2 + jitter.nextLong(pause / 2 + 1);
        closed.await(spread, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks once; how long to pause afterwards, ms. */
  private long ask() throws TransportException, WireException, InterruptedException {
    long begun = System.nanoTime();
    Reply reply = endpoint.get(feed.question() + "wait=" + wait.toSeconds(), wait);
    switch (reply.status()) {
      case 200 -> {
        if (!reply.isProtobuf()) {
          feed.answerUnreadable();
          throw new TransportException("This is no gateway's answer: " + reply.summary());
        }
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        // Who does not wait, or says what it has said before, must not be asked without end.
        return feed.take(reply) ? 0 : Math.max(0, pace.idle() - took);
      }
      case 400 -> {
        feed.questionRefused();
        throw new TransportException(reply.summary(), reply.waitAsked());
      }
      case 401, 403 -> {
        report(ErrorId.CLIENT_REFUSED, reply.summary());
        return UNWELCOME_WAIT.toMillis();
      }
      default -> throw new TransportException(reply.summary(), reply.waitAsked());
    }
  }

  private void report(ErrorId id, String reason) {
    if (downLog.mayLog()) {
      LOG.warn("{}", id.line("Nothing is heard of " + feed.name() + ": " + reason + "."));
    }
  }
}
