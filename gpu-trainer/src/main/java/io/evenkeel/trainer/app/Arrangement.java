package io.evenkeel.trainer.app;

/**
 * How the micro-batches of a step are spread.
 *
 * @param ranks R
 * @param accumulation A, micro-batches that each rank takes one after the other
 */
record Arrangement(int ranks, int accumulation) {
  private static final int MOST = 1024;

  Arrangement {
    if (ranks < 1 || ranks > MOST || accumulation < 1 || accumulation > 1_000_000) {
      throw new IllegalArgumentException(
          "--ranks must lie in [1, " + MOST + "], the accumulation in [1, 1000000]");
    }
  }

  /** Micro-batches of a step. */
  int microBatches() {
    return ranks * accumulation;
  }
}
