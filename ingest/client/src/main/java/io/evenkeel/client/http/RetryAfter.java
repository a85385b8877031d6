package io.evenkeel.client.http;

import java.time.Duration;

/** Until when the gateway wants to hear nothing. Thread-safe. */
final class RetryAfter {

  private long untilNanos = System.nanoTime();

  /** The gateway asks for so much time, from now on. */
  synchronized void ask(Duration wait) {
    long until = System.nanoTime() + wait.toNanos();
    if (until - untilNanos > 0) {
      untilNanos = until;
    }
  }

  /** What is left of it; 0 if nothing is. */
  synchronized Duration left() {
    return Duration.ofNanos(Math.max(0, untilNanos - System.nanoTime()));
  }
}
