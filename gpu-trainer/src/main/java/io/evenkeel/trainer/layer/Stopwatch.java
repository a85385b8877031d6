package io.evenkeel.trainer.layer;

import java.util.function.LongSupplier;

/** Adds up time spent between start and stop. One thread. */
public final class Stopwatch {
  private final LongSupplier nanoClock;
  private long startedAt;
  private long total;

  /** {@code nanoClock} gives nanoseconds from an arbitrary origin, such as System::nanoTime. */
  public Stopwatch(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Starts a lap. */
  public void start() {
    startedAt = nanoClock.getAsLong();
  }

  /** Ends the lap that start began. */
  public void stop() {
    total += nanoClock.getAsLong() - startedAt;
  }

  /** Forgets all laps. */
  public void reset() {
    total = 0;
  }

  /** Sum of the laps, nanoseconds. */
  public long nanos() {
    return total;
  }
}
