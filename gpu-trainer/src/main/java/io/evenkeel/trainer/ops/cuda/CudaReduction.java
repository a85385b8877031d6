package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.tensor.Statistics;

/**
 * Joins the partial figures that the blocks of a kernel leave, one row a block, in a fixed order:
 * reduce_partials of statistics.cu. Also decides how many blocks there are, which is part of that
 * order: it depends on sizes only.
 */
final class CudaReduction {
  /** Threads of a block that reduces. */
  static final int BLOCK = 256;

  private static final int ENTRIES_A_THREAD = 8;
  private static final int MOST_BLOCKS = 512;
  private static final int FEWEST_ROWS = 32;
  private static final int MOST_CHUNKS = 256;
  private static final int MOST_COLUMNS = 32;
  private static final int NO_COLUMN = -1;

  private final CudaKernel kernel;

  CudaReduction(CudaRuntime runtime) {
    kernel = runtime.kernel("reduce_partials");
  }

  /** Blocks that reduce that many entries. */
  static int blocksFor(int entries) {
    return Math.min(MOST_BLOCKS, CudaKernel.blocks(entries, BLOCK * ENTRIES_A_THREAD));
  }

  /** Blocks that reduce that many rows, a warp a row. */
  static int blocksForRows(int rows) {
    return Math.min(MOST_BLOCKS, CudaKernel.blocks(rows, BLOCK / 32));
  }

  /** Rows of one chunk when a thread walks down a column. */
  static int chunkOf(int rows) {
    return Math.max(FEWEST_ROWS, CudaKernel.blocks(rows, MOST_CHUNKS));
  }

  /** Bytes of that many partial figures. */
  static long bytes(int rows, int width) {
    return (long) Double.BYTES * rows * width;
  }

  /** Writes the sum of each column of partials [rows, width]. */
  void sum(CudaBuffer partials, long offset, int rows, int width, Statistics into, int at) {
    join(partials, offset, rows, width, into, at, NO_COLUMN);
  }

  /** As {@link #sum}, but the largest entry of one column, at least 0. */
  void sumWithMax(
      CudaBuffer partials, int rows, int width, int maxColumn, Statistics into, int at) {
    join(partials, 0, rows, width, into, at, maxColumn);
  }

  private void join(
      CudaBuffer partials,
      long offset,
      int rows,
      int width,
      Statistics into,
      int at,
      int maxColumn) {
    // The least power of two that is not below the width.
    int columns = Math.min(MOST_COLUMNS, Integer.highestOneBit(2 * width - 1));
    kernel
        .grid(CudaKernel.blocks(width, columns))
        .block(BLOCK)
        .device(partials, offset)
        .statistics(into, at)
        .integer(rows)
        .integer(width)
        .integer(columns)
        .integer(maxColumn)
        .launch();
  }
}
