package io.evenkeel.trainer.ops.cpu;

/** Loops over one row. */
final class Rows {
  private Rows() {}

  /** {@code to += from}. */
  static void add(float[] from, int fromAt, float[] to, int toAt, int count) {
    for (int i = 0; i < count; i++) {
      to[toAt + i] += from[fromAt + i];
    }
  }

  /** {@code to += factor * from}. */
  static void addScaled(float factor, float[] from, int fromAt, float[] to, int toAt, int count) {
    for (int i = 0; i < count; i++) {
      to[toAt + i] += factor * from[fromAt + i];
    }
  }

  /** Dot product in double precision; four partial sums, so that additions overlap. */
  static double dot(float[] a, int aAt, float[] b, int bAt, int count) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      s0 += (double) a[aAt + i] * b[bAt + i];
      s1 += (double) a[aAt + i + 1] * b[bAt + i + 1];
      s2 += (double) a[aAt + i + 2] * b[bAt + i + 2];
      s3 += (double) a[aAt + i + 3] * b[bAt + i + 3];
    }
    for (; i < count; i++) {
      s0 += (double) a[aAt + i] * b[bAt + i];
    }
    return s0 + s1 + (s2 + s3);
  }

  /** Largest entry, NaN if there is one. */
  static float max(float[] x, int at, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, x[at + i]);
    }
    return max;
  }

  /**
   * Softmax of one row, which may be the target itself.
   *
   * @return ln sum_i e^{x_i}
   */
  static double softmax(float[] x, int at, float[] target, int targetAt, int count) {
    float max = max(x, at, count);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double e = Math.exp(x[at + i] - max);
      target[targetAt + i] = (float) e;
      sum += e;
    }
    float inverse = (float) (1 / sum);
    for (int i = 0; i < count; i++) {
      target[targetAt + i] *= inverse;
    }
    return max + Math.log(sum);
  }

  /** ln sum_i e^{x_i} of one row. */
  static double logSumExp(float[] x, int at, int count) {
    float max = max(x, at, count);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(x[at + i] - max);
    }
    return max + Math.log(sum);
  }
}
