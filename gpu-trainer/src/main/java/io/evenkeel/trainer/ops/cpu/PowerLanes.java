package io.evenkeel.trainer.ops.cpu;

import java.util.Arrays;

/**
 * Power sums, one partial sum a lane. Lanes do not depend on each other, so that the just-in-time
 * compiler computes several in one vector instruction; a plain sum must keep its order and cannot
 * be. A lane adds up a few values in single precision before they go into the double-precision
 * total.
 */
final class PowerLanes {
  private static final int WIDTH = 512;

  /** Values that a lane adds up in single precision. */
  private static final int DEPTH = 16;

  private final float[] block = new float[WIDTH];
  private final float[] sums = new float[WIDTH];
  private final float[] squares = new float[WIDTH];
  private final float[] cubes = new float[WIDTH];
  private final float[] fourths = new float[WIDTH];
  private final float[] largest = new float[WIDTH];
  private final int[] above = new int[WIDTH];

  /**
   * Writes sum, squares, cubes, fourths, largest magnitude and the number of magnitudes above a
   * bound; the fourths are not finite if a value, or its fourth power, is not.
   *
   * @param bound finite, &gt;= 0
   */
  void powerSums(float[] values, float bound, double[] target, int at) {
    Arrays.fill(target, at, at + 6, 0);
    clear();
    Arrays.fill(largest, 0);
    Arrays.fill(above, 0);
    int boundBits = Float.floatToRawIntBits(bound);
    int depth = 0;
    for (int from = 0; from < values.length; from += WIDTH) {
      int count = Math.min(WIDTH, values.length - from);
      // Copied, so that all arrays of the loops below share one index: the compiler then sees no
      // overlap.
      System.arraycopy(values, from, block, 0, count);
      Arrays.fill(block, count, WIDTH, 0);
      addLow(block, sums, squares, largest);
      addHigh(block, cubes, fourths);
      addAbove(block, boundBits, above);
      if (++depth == DEPTH) {
        flush(target, at);
        depth = 0;
      }
    }
    flush(target, at);
    float max = 0;
    for (float lane : largest) {
      max = Math.max(max, lane);
    }
    target[at + 4] = max;
    long count = 0;
    for (int lane : above) {
      count += lane;
    }
    target[at + 5] = count;
  }

  private static void addLow(float[] block, float[] sums, float[] squares, float[] largest) {
    for (int i = 0; i < block.length; i++) {
      sums[i] += block[i];
      squares[i] += block[i] * block[i];
    }
    for (int i = 0; i < block.length; i++) {
      largest[i] = Math.max(largest[i], Math.abs(block[i]));
    }
  }

  private static void addHigh(float[] block, float[] cubes, float[] fourths) {
    for (int i = 0; i < block.length; i++) {
      float square = block[i] * block[i];
      cubes[i] += square * block[i];
      fourths[i] += square * square;
    }
  }

  /** Magnitudes in order are their bits in order; the sign of the difference is the answer. */
  private static void addAbove(float[] block, int boundBits, int[] above) {
    for (int i = 0; i < block.length; i++) {
      above[i] += (boundBits - (Float.floatToRawIntBits(block[i]) & Integer.MAX_VALUE)) >>> 31;
    }
  }

  private void flush(double[] target, int at) {
    target[at] += total(sums);
    target[at + 1] += total(squares);
    target[at + 2] += total(cubes);
    target[at + 3] += total(fourths);
    clear();
  }

  private void clear() {
    Arrays.fill(sums, 0);
    Arrays.fill(squares, 0);
    Arrays.fill(cubes, 0);
    Arrays.fill(fourths, 0);
  }

  private static double total(float[] lanes) {
    double even = 0;
    double odd = 0;
    for (int i = 0; i < lanes.length; i += 2) {
      even += lanes[i];
      odd += lanes[i + 1];
    }
    return even + odd;
  }
}
