package io.evenkeel.controller.notify;

import java.time.Duration;
import java.util.Optional;

/** Somewhere notices go. Thread-safe. */
public interface Receiver {

  /** A stable id. */
  String id();

  /** Its address as people may see it: without what may be secret. */
  String shownUrl();

  /** Tries to deliver once; waits for the answer, but not for ever. */
  Outcome deliver(Notice notice) throws InterruptedException;

  /** What became of a try. */
  sealed interface Outcome {

    /**
     * It was taken.
     *
     * @param detail for the delivery log
     */
    record Delivered(String detail) implements Outcome {}

    /**
     * Try again.
     *
     * @param detail for the delivery log
     * @param after what the receiver asked for
     */
    record Retry(String detail, Optional<Duration> after) implements Outcome {}

    /**
     * The receiver wants nothing any more.
     *
     * @param detail for the delivery log
     */
    record Gone(String detail) implements Outcome {}
  }
}
