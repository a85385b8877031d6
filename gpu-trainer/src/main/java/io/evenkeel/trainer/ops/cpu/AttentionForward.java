package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.AttentionShape;

/**
 * Forward pass of one sequence and head a block. Queries are taken some at a time against the keys
 * up to the last of them, so that most of what the causal mask takes away is never computed.
 */
final class AttentionForward implements WorkerPool.Job {
  /** Queries at a time. */
  static final int ROWS = 32;

  private final Gemm gemm;
  private final Scratch[] turned;
  private int heads;
  private int length;
  private int width;
  private int headWidth;
  float[] q = {};
  float[] k = {};
  float[] v = {};
  float[] probabilities = {};
  float[] out = {};

  AttentionForward(Gemm gemm, int workers) {
    this.gemm = gemm;
    turned = Scratch.array(workers);
  }

  void resize(AttentionShape shape) {
    heads = shape.heads();
    length = shape.length();
    width = shape.width();
    headWidth = shape.headWidth();
  }

  @Override
  public void run(int block, int worker) {
    int at = block / heads * length * width + block % heads * headWidth;
    int scores = block * length * length;
    float[] keys = turned[worker].floats(headWidth * length);
    Products.transpose(k, at, width, length, headWidth, keys, 0, length);
    for (int row = 0; row < length; row += ROWS) {
      int count = Math.min(ROWS, length - row);
      block(at + row * width, scores + row * length, keys, at, row, count);
    }
  }

  /** Queries row to row+count, whose numbers start at {@code queries}. */
  private void block(int queries, int scores, float[] keys, int values, int row, int count) {
    int seen = row + count;
    gemm.multiply(
        Transpose.NO,
        Transpose.NO,
        count,
        seen,
        headWidth,
        (float) (1 / Math.sqrt(headWidth)),
        q,
        queries,
        width,
        keys,
        0,
        length,
        0,
        probabilities,
        scores,
        length);
    for (int i = 0; i < count; i++) {
      Rows.causalSoftmax(probabilities, scores + i * length, row + i + 1, seen);
    }
    gemm.multiply(
        Transpose.NO,
        Transpose.NO,
        count,
        headWidth,
        seen,
        1,
        probabilities,
        scores,
        length,
        v,
        values,
        width,
        0,
        out,
        queries,
        width);
  }
}
