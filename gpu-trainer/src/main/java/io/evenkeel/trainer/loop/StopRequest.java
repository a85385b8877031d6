package io.evenkeel.trainer.loop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks a loop to stop after the step it is in, and waits for it. Safe for use by several threads.
 */
public final class StopRequest {
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean requested;

  /** Asks. */
  public void request() {
    requested = true;
  }

  /** Whether anybody has asked. */
  public boolean requested() {
    return requested;
  }

  /** Tells those who wait that everything is closed. */
  public void finished() {
    done.countDown();
  }

  /** Waits for {@link #finished()}; false when the time was not enough. */
  public boolean awaitFinished(long millis) throws InterruptedException {
    return done.await(millis, TimeUnit.MILLISECONDS);
  }
}
