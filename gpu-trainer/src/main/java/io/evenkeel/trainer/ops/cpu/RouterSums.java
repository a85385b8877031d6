package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;

/** What telemetry needs of the router's logits, in blocks whose sums are added in order. */
final class RouterSums {
  private static final int ENTRIES = 4;
  private static final int ROWS = 256;

  private final WorkerPool pool;
  private final Scratch partial = new Scratch();
  private final Partial job = new Partial();

  RouterSums(WorkerPool pool) {
    this.pool = pool;
  }

  /** Squares of the log-sum-exp, largest magnitude, entropies, count of what is not finite. */
  void write(Tensor logits, Tensor probabilities, Tensor logSumExp, double[] target, int at) {
    job.experts = logits.shape().last();
    job.logits = CpuTensor.of(logits);
    job.probabilities = CpuTensor.of(probabilities);
    job.logSumExp = CpuTensor.of(logSumExp);
    int blocks = Products.blocks(job.logSumExp.length, ROWS);
    job.sums = partial.doubles(blocks * ENTRIES);
    pool.run(blocks, job);
    Arrays.fill(target, at, at + ENTRIES, 0);
    for (int entry = 0; entry < blocks * ENTRIES; entry += ENTRIES) {
      target[at] += job.sums[entry];
      target[at + 1] = Math.max(target[at + 1], job.sums[entry + 1]);
      target[at + 2] += job.sums[entry + 2];
      target[at + 3] += job.sums[entry + 3];
    }
  }

  private static final class Partial implements WorkerPool.Job {
    private int experts;
    private float[] logits = {};
    private float[] probabilities = {};
    private float[] logSumExp = {};
    private double[] sums = {};

    @Override
    public void run(int block, int worker) {
      double squares = 0;
      double entropy = 0;
      float max = 0;
      int nonFinite = 0;
      int end = Math.min((block + 1) * ROWS, logSumExp.length);
      for (int t = block * ROWS; t < end; t++) {
        int row = t * experts;
        float tokenMax = 0;
        for (int i = row; i < row + experts; i++) {
          tokenMax = Math.max(tokenMax, Math.abs(logits[i]));
        }
        if (Float.isFinite(tokenMax)) {
          // H(R_t) = lse_t - sum_i R_ti z_ti: no logarithm needed.
          entropy += logSumExp[t] - Rows.dot(probabilities, row, logits, row, experts);
          squares += (double) logSumExp[t] * logSumExp[t];
          max = Math.max(max, tokenMax);
        } else {
          nonFinite += nonFinite(row);
        }
      }
      int into = block * ENTRIES;
      sums[into] = squares;
      sums[into + 1] = max;
      sums[into + 2] = entropy;
      sums[into + 3] = nonFinite;
    }

    private int nonFinite(int row) {
      int count = 0;
      for (int i = row; i < row + experts; i++) {
        count += Float.isFinite(logits[i]) ? 0 : 1;
      }
      return count;
    }
  }
}
