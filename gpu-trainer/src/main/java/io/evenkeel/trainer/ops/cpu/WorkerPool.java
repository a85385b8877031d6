package io.evenkeel.trainer.ops.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Computes numbered blocks of work on the caller's thread and a few threads of its own. Which
 * thread takes which block is left to chance; a job's blocks must therefore not depend on each
 * other, nor on who computes them, and then its results do not depend on the number of threads.
 *
 * <p>One caller at a time. Allocates nothing after the constructor. A thread without work looks for
 * some for a few tens of microseconds, since one operation follows another, and then sleeps until
 * it is woken.
 */
final class WorkerPool implements AutoCloseable {
  /** Work in blocks. */
  interface Job {
    /**
     * Computes one block.
     *
     * @param block 0 to the number of blocks - 1
     * @param worker who computes, 0 to threads - 1: chooses scratch memory, never a result
     */
    void run(int block, int worker);
  }

  private static final int SPINS = 2_000;
  private static final int SPINS_BEFORE_YIELD = 20_000;
  private static final Job NOTHING = (block, worker) -> {};

  private final Worker[] workers;

  /**
   * Generation of the job in the upper half, blocks not yet taken in the lower: taking a block and
   * making sure that it is of this very job is one compare-and-set.
   */
  private final AtomicLong ticket = new AtomicLong();

  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private Job job = NOTHING;
  private volatile boolean closed;

  /**
   * Starts the threads.
   *
   * @param threads in all, with the caller's; at least 1
   */
  WorkerPool(int threads) {
    workers = new Worker[threads - 1];
    for (int index = 0; index < workers.length; index++) {
      workers[index] = new Worker(index + 1);
      workers[index].start();
    }
  }

  /** With the caller's. */
  int threads() {
    return workers.length + 1;
  }

  /**
   * Computes all blocks; when it returns they are done, and what they wrote is visible. With
   * several threads the last block is taken first.
   */
  void run(int blocks, Job work) {
    if (workers.length == 0 || blocks <= 1) {
      for (int block = 0; block < blocks; block++) {
        work.run(block, 0);
      }
      return;
    }
    job = work;
    unfinished.set(blocks);
    long generation = (ticket.get() >>> Integer.SIZE) + 1;
    ticket.set(generation << Integer.SIZE | blocks);
    for (int index = 0; index < workers.length && index < blocks - 1; index++) {
      workers[index].wake();
    }
    while (take(0)) {
      // until none is left
    }
    int spins = 0;
    while (unfinished.get() > 0) {
      if (++spins < SPINS_BEFORE_YIELD) {
        Thread.onSpinWait();
      } else {
        Thread.yield(); // the other thread may be waiting for this very processor
      }
    }
    rethrow();
  }

  /** Computes one block of the present job; false when none is left. */
  private boolean take(int worker) {
    long now = ticket.get();
    int left = (int) now;
    if (left == 0) {
      return false;
    }
    if (ticket.compareAndSet(now, now - 1)) {
      try {
        job.run(left - 1, worker);
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      } finally {
        unfinished.decrementAndGet();
      }
    }
    return true;
  }

  private void rethrow() {
    Throwable thrown = failure.get();
    if (thrown == null) {
      return;
    }
    failure.set(null);
    if (thrown instanceof Error error) {
      throw error;
    }
    throw new IllegalStateException("a block of work failed", thrown);
  }

  /** Ends the threads and waits for them. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      worker.wake();
    }
    boolean interrupted = false;
    for (Worker worker : workers) {
      boolean ended = false;
      while (!ended) {
        try {
          worker.join();
          ended = true;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Worker extends Thread {
    private final int number;
    private volatile boolean asleep;

    Worker(int number) {
      super("evenkeel-cpu-" + number);
      this.number = number;
      setDaemon(true);
    }

    void wake() {
      if (asleep) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      int spins = 0;
      while (!closed) {
        if (take(number)) {
          spins = 0;
        } else if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          sleep();
          spins = 0;
        }
      }
    }

    /** Told asleep before it looks once more, it is either seen asleep or sees the work. */
    private void sleep() {
      asleep = true;
      while ((int) ticket.get() == 0 && !closed) {
        LockSupport.park(WorkerPool.this);
      }
      asleep = false;
    }
  }
}
