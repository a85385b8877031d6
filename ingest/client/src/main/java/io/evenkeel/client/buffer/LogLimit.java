package io.evenkeel.client.buffer;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one message pass at a time: a trainer's log must not fill up over Evenkeel. Thread-safe. */
public final class LogLimit {

  private final long everyNanos;
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  /** Lets one message pass every {@code every}. */
  public LogLimit(Duration every) {
    this.everyNanos = every.toNanos();
  }

  /** Whether a message may be logged now; if so, the next may be after the interval. */
  public boolean mayLog() {
    long now = System.nanoTime();
    long allowed = next.get();
    return now - allowed >= 0 && next.compareAndSet(allowed, now + everyNanos);
  }
}
