package io.evenkeel.trainer.ops.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

final class WorkerPoolTest {
  @Test
  void shouldComputeEveryBlockOnceWhateverTheThreads() {
    for (int threads = 1; threads <= 4; threads++) {
      try (WorkerPool pool = new WorkerPool(threads)) {
        for (int blocks = 0; blocks < 200; blocks++) {
          AtomicIntegerArray done = new AtomicIntegerArray(blocks);
          int workers = threads;
          pool.run(
              blocks,
              (block, worker) -> {
                assertThat(worker).isBetween(0, workers - 1);
                done.incrementAndGet(block);
              });
          for (int block = 0; block < blocks; block++) {
            assertThat(done.get(block)).as("block %d of %d", block, blocks).isEqualTo(1);
          }
        }
      }
    }
  }

  @Test
  void shouldShowTheCallerWhatTheBlocksWrote() {
    try (WorkerPool pool = new WorkerPool(3)) {
      int[] plain = new int[64];
      for (int round = 1; round <= 2_000; round++) {
        int value = round;
        pool.run(plain.length, (block, worker) -> plain[block] = value);
        assertThat(plain).containsOnly(value);
      }
    }
  }

  @Test
  void shouldThrowWhatABlockThrewAndGoOn() {
    try (WorkerPool pool = new WorkerPool(2)) {
      assertThatThrownBy(
              () ->
                  pool.run(
                      10,
                      (block, worker) -> {
                        throw new UnsupportedOperationException("block");
                      }))
          .hasRootCauseInstanceOf(UnsupportedOperationException.class);
      int[] count = new int[10];
      pool.run(10, (block, worker) -> count[block]++);
      assertThat(count).containsOnly(1);
    }
  }

  @Test
  void shouldEndItsThreadsWhenClosed() {
    WorkerPool pool = new WorkerPool(3);
    Thread[] seen = new Thread[3];
    // Every block waits for the others, so that each thread takes one.
    java.util.concurrent.CyclicBarrier all = new java.util.concurrent.CyclicBarrier(3);
    pool.run(
        3,
        (block, worker) -> {
          seen[worker] = Thread.currentThread();
          try {
            all.await();
          } catch (InterruptedException | java.util.concurrent.BrokenBarrierException e) {
            throw new IllegalStateException(e);
          }
        });
    pool.close();
    assertThat(seen[0]).isEqualTo(Thread.currentThread());
    assertThat(seen[1].isAlive()).isFalse();
    assertThat(seen[2].isAlive()).isFalse();
  }
}
