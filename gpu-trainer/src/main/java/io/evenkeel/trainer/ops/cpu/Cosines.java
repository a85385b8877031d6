package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.tensor.Tensor;

/** Signed cosines between rows; that of a row of zeros is 0. */
final class Cosines {
  private final WorkerPool pool;
  private final Scratch norms = new Scratch();
  private final Scratch partial = new Scratch();
  private final Slots slots = new Slots();

  Cosines(WorkerPool pool) {
    this.pool = pool;
  }

  /** Mean over pairs of all rows at {@code at}, and of the first {@code ffnRows} after it. */
  void ofRows(Tensor weight, int ffnRows, double[] target, int at) {
    int rows = weight.shape().rows();
    int d = weight.shape().last();
    float[] data = CpuTensor.of(weight);
    double[] inverse = norms.doubles(rows);
    for (int i = 0; i < rows; i++) {
      inverse[i] = inverseNorm(data, i * d, d);
    }
    double all = 0;
    double ffn = 0;
    for (int j = 1; j < rows; j++) {
      double sum = 0;
      for (int i = 0; i < j; i++) {
        sum += Rows.dot(data, i * d, data, j * d, d) * inverse[i] * inverse[j];
      }
      all += sum;
      ffn += j < ffnRows ? sum : 0;
    }
    target[at] = mean(all, rows);
    target[at + 1] = mean(ffn, ffnRows);
  }

  private static double mean(double sum, int rows) {
    return rows < 2 ? 0 : sum / (rows * (rows - 1) / 2.0);
  }

  private static double inverseNorm(float[] data, int at, int d) {
    float squares = Rows.dot(data, at, data, at, d);
    return squares == 0 ? 0 : 1 / Math.sqrt(squares);
  }

  /** Sum over tokens and pairs of slots of one token. */
  double ofSlots(int[] tokenSlots, int topK, Tensor rows) {
    int tokens = tokenSlots.length / topK;
    int blocks = Products.blocks(tokens, Slots.TOKENS);
    slots.topK = topK;
    slots.tokens = tokens;
    slots.d = rows.shape().last();
    slots.tokenSlots = tokenSlots;
    slots.data = CpuTensor.of(rows);
    slots.inverse = norms.doubles(rows.shape().rows());
    slots.sums = partial.doubles(blocks);
    pool.run(blocks, slots);
    double total = 0;
    for (int block = 0; block < blocks; block++) {
      total += slots.sums[block];
    }
    return total;
  }

  private static final class Slots implements WorkerPool.Job {
    private static final int TOKENS = 32;
    private int topK;
    private int tokens;
    private int d;
    private int[] tokenSlots = {};
    private float[] data = {};
    private double[] inverse = {};
    private double[] sums = {};

    @Override
    public void run(int block, int worker) {
      double sum = 0;
      int end = Math.min((block + 1) * TOKENS, tokens);
      for (int token = block * TOKENS; token < end; token++) {
        for (int i = token * topK; i < (token + 1) * topK; i++) {
          inverse[tokenSlots[i]] = inverseNorm(data, tokenSlots[i] * d, d);
        }
        for (int i = token * topK; i < (token + 1) * topK; i++) {
          for (int j = i + 1; j < (token + 1) * topK; j++) {
            sum += cosine(tokenSlots[i], tokenSlots[j]);
          }
        }
      }
      sums[block] = sum;
    }

    private double cosine(int a, int b) {
      return Rows.dot(data, a * d, data, b * d, d) * inverse[a] * inverse[b];
    }
  }
}
