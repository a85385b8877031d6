package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Sums of the first four powers, largest magnitude and count above a bound, in blocks whose sums
 * are added in order. A lane adds up some values in single precision before they go into the
 * double-precision total.
 */
final class PowerSums {
  private static final int ENTRIES = 6;
  private static final int ELEMENTS = 16_384;

  /** Elements that are added up in single precision. */
  private static final int SPAN = 2_048;

  private final WorkerPool pool;
  private final Scratch partial = new Scratch();
  private final Partial job = new Partial();

  PowerSums(WorkerPool pool) {
    this.pool = pool;
  }

  /**
   * Writes sum, squares, cubes, fourths, largest magnitude and the number of magnitudes above a
   * bound; the fourths are not finite if a value, or its fourth power, is not.
   *
   * @param bound finite, &gt;= 0
   */
  void write(float[] values, float bound, double[] target, int at) {
    int blocks = Products.blocks(values.length, ELEMENTS);
    job.values = values;
    job.bound = bound;
    job.sums = partial.doubles(blocks * ENTRIES);
    pool.run(blocks, job);
    Arrays.fill(target, at, at + ENTRIES, 0);
    for (int entry = 0; entry < blocks * ENTRIES; entry += ENTRIES) {
      for (int i = 0; i < 4; i++) {
        target[at + i] += job.sums[entry + i];
      }
      target[at + 4] = Math.max(target[at + 4], job.sums[entry + 4]);
      target[at + 5] += job.sums[entry + 5];
    }
  }

  private static final class Partial implements WorkerPool.Job {
    private float bound;
    private float[] values = {};
    private double[] sums = {};

    @Override
    public void run(int block, int worker) {
      int into = block * ENTRIES;
      Arrays.fill(sums, into, into + ENTRIES, 0);
      int end = Math.min((block + 1) * ELEMENTS, values.length);
      int from = block * ELEMENTS;
      for (; from <= end - WIDTH; from += SPAN) {
        int whole = Math.min(SPAN, end - from) / WIDTH * WIDTH;
        span(from, from + whole, into);
      }
      for (int i = end - (end - block * ELEMENTS) % WIDTH; i < end; i++) {
        single(values[i], into);
      }
    }

    private void span(int from, int end, int into) {
      FloatVector sum = Lanes.zero();
      FloatVector squares = Lanes.zero();
      FloatVector cubes = Lanes.zero();
      FloatVector fourths = Lanes.zero();
      FloatVector largest = Lanes.zero();
      int above = 0;
      for (int i = from; i < end; i += WIDTH) {
        FloatVector x = Rows.load(values, i);
        FloatVector square = x.mul(x);
        FloatVector magnitude = x.abs();
        sum = sum.add(x);
        squares = squares.add(square);
        cubes = square.fma(x, cubes);
        fourths = square.fma(square, fourths);
        // A NaN shows in the fourths.
        largest = largest.blend(magnitude, magnitude.compare(VectorOperators.GT, largest));
        above += magnitude.compare(VectorOperators.GT, bound).trueCount();
      }
      sums[into] += Lanes.sum(sum);
      sums[into + 1] += Lanes.sum(squares);
      sums[into + 2] += Lanes.sum(cubes);
      sums[into + 3] += Lanes.sum(fourths);
      sums[into + 4] = Math.max(sums[into + 4], largest.reduceLanes(VectorOperators.MAX));
      sums[into + 5] += above;
    }

    private void single(float x, int into) {
      double square = (double) x * x;
      sums[into] += x;
      sums[into + 1] += square;
      sums[into + 2] += square * x;
      sums[into + 3] += square * square;
      sums[into + 4] = Math.max(sums[into + 4], Math.abs(x));
      sums[into + 5] += Math.abs(x) > bound ? 1 : 0;
    }
  }
}
