package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.FLOATS;
import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Loops over one row. A sum has one partial sum a lane. */
final class Rows {
  private Rows() {}

  /** {@code to += from}. */
  static void add(float[] from, int fromAt, float[] to, int toAt, int count) {
    int i = 0;
    for (; i <= count - WIDTH; i += WIDTH) {
      load(to, toAt + i).add(load(from, fromAt + i)).intoArray(to, toAt + i);
    }
    for (; i < count; i++) {
      to[toAt + i] += from[fromAt + i];
    }
  }

  /** {@code sum = a + b}. */
  static void sum(float[] a, float[] b, float[] sum, int at, int count) {
    int i = at;
    for (; i <= at + count - WIDTH; i += WIDTH) {
      load(a, i).add(load(b, i)).intoArray(sum, i);
    }
    for (; i < at + count; i++) {
      sum[i] = a[i] + b[i];
    }
  }

  /** {@code to += factor * from}. */
  static void addScaled(float factor, float[] from, int fromAt, float[] to, int toAt, int count) {
    FloatVector factors = Lanes.broadcast(factor);
    int i = 0;
    for (; i <= count - WIDTH; i += WIDTH) {
      load(from, fromAt + i).fma(factors, load(to, toAt + i)).intoArray(to, toAt + i);
    }
    for (; i < count; i++) {
      to[toAt + i] = Math.fma(factor, from[fromAt + i], to[toAt + i]);
    }
  }

  /** {@code to = factor * from}. */
  static void scaled(float factor, float[] from, int fromAt, float[] to, int toAt, int count) {
    int i = 0;
    for (; i <= count - WIDTH; i += WIDTH) {
      load(from, fromAt + i).mul(factor).intoArray(to, toAt + i);
    }
    for (; i < count; i++) {
      to[toAt + i] = factor * from[fromAt + i];
    }
  }

  /** Dot product. */
  static float dot(float[] a, int aAt, float[] b, int bAt, int count) {
    FloatVector sums = Lanes.zero();
    int i = 0;
    for (; i <= count - WIDTH; i += WIDTH) {
      sums = load(a, aAt + i).fma(load(b, bAt + i), sums);
    }
    if (i < count) {
      VectorMask<Float> rest = Lanes.first(count - i);
      sums =
          FloatVector.fromArray(FLOATS, a, aAt + i, rest)
              .fma(FloatVector.fromArray(FLOATS, b, bAt + i, rest), sums);
    }
    return Lanes.sum(sums);
  }

  /** Largest entry, NaN if there is one. */
  static float max(float[] x, int at, int count) {
    FloatVector max = Lanes.broadcast(Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i <= count - WIDTH; i += WIDTH) {
      max = max.max(load(x, at + i));
    }
    float largest = max.reduceLanes(VectorOperators.MAX);
    for (; i < count; i++) {
      largest = Math.max(largest, x[at + i]);
    }
    return largest;
  }

  /**
   * Softmax of one row, which may be the target itself.
   *
   * @return ln sum_i e^{x_i}
   */
  static double softmax(float[] x, int at, float[] target, int targetAt, int count) {
    float max = max(x, at, count);
    float sum = Exponentials.write(x, at, 1, max, target, targetAt, count);
    scaled(1 / sum, target, targetAt, target, targetAt, count);
    return max + Math.log(sum);
  }

  /** Softmax of one row in place, and zeros from {@code count} to {@code width}. */
  static void causalSoftmax(float[] x, int at, int count, int width) {
    // Whole vectors are quicker than parts: e^-infinity is the 0 that is wanted there anyhow.
    int whole = Math.min((count + WIDTH - 1) / WIDTH * WIDTH, width);
    Arrays.fill(x, at + count, at + whole, Float.NEGATIVE_INFINITY);
    float max = max(x, at, whole);
    float sum = Exponentials.write(x, at, 1, max, x, at, whole);
    scaled(1 / sum, x, at, x, at, whole);
    Arrays.fill(x, at + whole, at + width, 0);
  }

  /** ln sum_i e^{x_i} of one row; {@code scratch} has room for it. */
  static double logSumExp(float[] x, int at, int count, float[] scratch) {
    float max = max(x, at, count);
    return max + Math.log(Exponentials.write(x, at, 1, max, scratch, 0, count));
  }

  /** {@code to = |from|}. */
  static void magnitudes(float[] from, int fromAt, float[] to, int toAt, int count) {
    int i = 0;
    for (; i <= count - WIDTH; i += WIDTH) {
      load(from, fromAt + i).abs().intoArray(to, toAt + i);
    }
    for (; i < count; i++) {
      to[toAt + i] = Math.abs(from[fromAt + i]);
    }
  }

  static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(FLOATS, from, at);
  }
}
