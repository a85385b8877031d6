package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.FLOATS;
import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import io.evenkeel.trainer.ops.AttentionShape;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Backward pass of one sequence and head a block, cut as {@link AttentionForward} is. */
final class AttentionBackward implements WorkerPool.Job {
  private static final int ROWS = AttentionForward.ROWS;

  private final Gemm gemm;
  private final Scratch[] turned;
  private int heads;
  private int length;
  private int width;
  private int headWidth;
  private float scale;
  float betaQ;
  float betaK;
  float betaV;
  float[] q = {};
  float[] k = {};
  float[] v = {};
  float[] out = {};
  float[] probabilities = {};
  float[] dOut = {};
  float[] dQ = {};
  float[] dK = {};
  float[] dV = {};

  /** One [length,length] a worker. */
  float[] dScores = {};

  AttentionBackward(Gemm gemm, int workers) {
    this.gemm = gemm;
    turned = Scratch.array(workers);
  }

  void resize(AttentionShape shape) {
    heads = shape.heads();
    length = shape.length();
    width = shape.width();
    headWidth = shape.headWidth();
    scale = (float) (1 / Math.sqrt(headWidth));
  }

  @Override
  public void run(int block, int worker) {
    int at = block / heads * length * width + block % heads * headWidth;
    int saved = block * length * length;
    int scores = worker * length * length;
    float[] values = turned[worker].floats(headWidth * length);
    Products.transpose(v, at, width, length, headWidth, values, 0, length);
    for (int row = 0; row < length; row += ROWS) {
      queries(at, saved, scores, values, row, Math.min(ROWS, length - row));
    }
    for (int column = 0; column < length; column += ROWS) {
      int count = Math.min(ROWS, length - column);
      keys(probabilities, saved, dOut, betaV, dV, at, column, count);
      keys(dScores, scores, q, betaK, dK, at, column, count);
    }
  }

  /** Gradients of the scores and of the queries from {@code row} on. */
  private void queries(int at, int saved, int scores, float[] values, int row, int count) {
    int seen = row + count;
    int from = scores + row * length;
    gemm.multiply(
        Transpose.NO,
        Transpose.NO,
        count,
        seen,
        headWidth,
        1,
        dOut,
        at + row * width,
        width,
        values,
        0,
        length,
        0,
        dScores,
        from,
        length);
    for (int i = row; i < seen; i++) {
      int token = at + i * width;
      // sum_t P_t dP_t = <dOut, out>, which is shorter.
      float dot = Rows.dot(dOut, token, out, token, headWidth);
      softmaxBackward(saved + i * length, dot, scores + i * length, i + 1);
      Arrays.fill(dScores, scores + i * length + i + 1, scores + i * length + seen, 0);
    }
    if (row == 0) {
      // The first query sees one key, with weight 1 whatever the score: what is left is rounding,
      // which AdamW would blow up where a whole gradient consists of it.
      dScores[from] = 0;
    }
    gemm.multiply(
        Transpose.NO,
        Transpose.NO,
        count,
        headWidth,
        seen,
        1,
        dScores,
        from,
        length,
        k,
        at,
        width,
        betaQ,
        dQ,
        at + row * width,
        width);
  }

  /** {@code dS = P (dP - dot) scale}, in place. */
  private void softmaxBackward(int p, float dot, int gradient, int count) {
    int i = 0;
    for (; i <= count - WIDTH; i += WIDTH) {
      Rows.load(dScores, gradient + i)
          .sub(dot)
          .mul(Rows.load(probabilities, p + i).mul(scale))
          .intoArray(dScores, gradient + i);
    }
    if (i < count) {
      VectorMask<Float> rest = Lanes.first(count - i);
      FloatVector.fromArray(FLOATS, dScores, gradient + i, rest)
          .sub(dot)
          .mul(FloatVector.fromArray(FLOATS, probabilities, p + i, rest).mul(scale))
          .intoArray(dScores, gradient + i, rest);
    }
  }

  /** {@code target += matrix^T other} for the keys from {@code column} on. */
  private void keys(
      float[] matrix,
      int matrixAt,
      float[] other,
      float beta,
      float[] target,
      int at,
      int column,
      int count) {
    gemm.multiply(
        Transpose.YES,
        Transpose.NO,
        count,
        headWidth,
        length - column,
        1,
        matrix,
        matrixAt + column * length + column,
        length,
        other,
        at + column * width,
        width,
        beta,
        target,
        at + column * width,
        width);
  }
}
