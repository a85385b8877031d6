package io.evenkeel.gateway;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waiting for conditions. */
public final class Await {

  private Await() {}

  /** Looks every 10 ms until the condition holds; fails after {@code limit}. */
  public static void until(String what, Duration limit, Callable<Boolean> condition)
      throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  /** Looks every 10 ms for the whole time; fails as soon as the condition does not hold. */
  public static void whileHolds(String what, Duration time, Callable<Boolean> condition)
      throws Exception {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      if (!condition.call()) {
        throw new AssertionError("no longer: " + what);
      }
      LockSupport.parkNanos(10_000_000);
    }
  }
}
