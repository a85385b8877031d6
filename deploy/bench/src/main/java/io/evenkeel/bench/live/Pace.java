package io.evenkeel.bench.live;

import java.util.concurrent.locks.LockSupport;

/**
 * A steady pace that does not wait for what it paces.
 *
 * @param stepsPerSecond steps a second
 * @param beginNanos when step 0 is due, by {@link System#nanoTime}
 */
public record Pace(double stepsPerSecond, long beginNanos) {

  /** Returns when a step is due. */
  public void await(long step) {
    long due = beginNanos + (long) (step * 1e9 / stepsPerSecond);
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
