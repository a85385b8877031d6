package io.evenkeel.trainer.ops.cpu;

import java.util.Arrays;

/** Sums of columns in double precision, in blocks of rows whose sums are added in order. */
final class ColumnSums {
  private static final int ROWS = 256;

  private final WorkerPool pool;
  private final Scratch partial = new Scratch();
  private final Partial job = new Partial();

  ColumnSums(WorkerPool pool) {
    this.pool = pool;
  }

  /** Overwrites {@code width} entries of the target. */
  void sum(float[] values, int width, double[] target, int at) {
    int blocks = Products.blocks(values.length, ROWS * width);
    job.values = values;
    job.width = width;
    job.sums = partial.doubles(blocks * width);
    pool.run(blocks, job);
    Arrays.fill(target, at, at + width, 0);
    for (int block = 0; block < blocks; block++) {
      for (int i = 0; i < width; i++) {
        target[at + i] += job.sums[block * width + i];
      }
    }
  }

  private static final class Partial implements WorkerPool.Job {
    private int width;
    private float[] values = {};
    private double[] sums = {};

    @Override
    public void run(int block, int worker) {
      int into = block * width;
      Arrays.fill(sums, into, into + width, 0);
      int end = Math.min((block + 1) * ROWS * width, values.length);
      for (int row = block * ROWS * width; row < end; row += width) {
        for (int i = 0; i < width; i++) {
          sums[into + i] += values[row + i];
        }
      }
    }
  }
}
