package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.tensor.Statistics;

/** A part of a {@link StatisticsArena}. */
record CudaStatistics(StatisticsArena arena, int first, int size) implements Statistics {
  /** IllegalArgumentException for statistics of another backend. */
  static CudaStatistics of(Statistics statistics) {
    if (statistics instanceof CudaStatistics cuda) {
      return cuda;
    }
    throw new IllegalArgumentException("not of this backend: " + statistics.getClass());
  }

  /** Device address of an entry. */
  long address(int at) {
    return arena.buffer().address() + (long) Double.BYTES * (first + at);
  }
}
