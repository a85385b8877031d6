package io.evenkeel.bench.store;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waiting for what another process does. */
final class Waiting {
  private static final long PAUSE_NANOS = 10_000_000;

  private Waiting() {}

  /** Something to look at. */
  @FunctionalInterface
  interface Condition {
    /** Whether it holds now. */
    boolean holds() throws IOException, BenchException;
  }

  /** Looks every 10 ms; the measurement ends when it does not hold after {@code limit}. */
  static void until(String what, Duration limit, Condition condition)
      throws IOException, BenchException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new BenchException(
            ErrorId.BENCH_STORE, "not within " + limit.toSeconds() + " s: " + what + ".");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
