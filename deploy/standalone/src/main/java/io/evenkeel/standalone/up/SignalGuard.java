package io.evenkeel.standalone.up;

import java.util.concurrent.CountDownLatch;

/**
 * Lets a signal such as Ctrl-C interrupt the command's thread, and holds the JVM until that has
 * stopped what it had started.
 */
public final class SignalGuard implements AutoCloseable {
  /** Exit status after a signal: 128 + SIGINT, as shells have it. */
  public static final int STOPPED_BY_SIGNAL = 130;

  private final CountDownLatch stopped = new CountDownLatch(1);

  private SignalGuard(Thread command) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(command), "stop"));
  }

  /** Guards the calling thread until closed. */
  public static SignalGuard ofThisThread() {
    return new SignalGuard(Thread.currentThread());
  }

  private void stop(Thread command) {
    if (stopped.getCount() > 0) {
      command.interrupt();
    }
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopped.countDown();
  }
}
