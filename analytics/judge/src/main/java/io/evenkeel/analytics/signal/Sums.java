package io.evenkeel.analytics.signal;

import io.evenkeel.contract.telemetry.ExpertVector;

/** Additions that cannot fail: vectors of any length, counts that saturate. */
final class Sums {

  private Sums() {}

  /** a + b for counts &gt;= 0; {@link Long#MAX_VALUE} rather than an overflow. */
  static long plus(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  /** Adds {@code vector} to the first entries of {@code total}, which is at least as long. */
  static void add(double[] total, ExpertVector vector) {
    for (int i = 0; i < vector.size(); i++) {
      total[i] += vector.get(i);
    }
  }

  /** Euclidean norm. */
  static double norm(double[] vector) {
    double sum = 0;
    for (double v : vector) {
      sum += v * v;
    }
    return Math.sqrt(sum);
  }
}
