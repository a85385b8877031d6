package io.evenkeel.writer.consume;

import java.time.Duration;

/** Waiting times that double up to a limit. Not thread-safe. */
public final class Backoff {

  private final Duration first;
  private final Duration limit;
  private Duration next;

  /** From {@code first} to {@code limit}. */
  public Backoff(Duration first, Duration limit) {
    this.first = first;
    this.limit = limit;
    this.next = first;
  }

  /** How long to wait this time. */
  public Duration next() {
    Duration wait = next;
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(limit) < 0 ? doubled : limit;
    return wait;
  }

  /** After a success. */
  public void reset() {
    next = first;
  }
}
