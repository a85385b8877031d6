package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.DOUBLES;
import static io.evenkeel.trainer.ops.cpu.Lanes.FLOATS;
import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Sums of squares in double precision, in blocks whose sums are added in order. */
final class SquareSums {
  private static final int ELEMENTS = 16_384;

  private final WorkerPool pool;
  private final Scratch partial = new Scratch();
  private final Partial job = new Partial();

  SquareSums(WorkerPool pool) {
    this.pool = pool;
  }

  /** The plain sum, that of the finite entries, and the count of the others. */
  void write(float[] values, double[] target, int at) {
    int blocks = Products.blocks(values.length, ELEMENTS);
    job.values = values;
    job.sums = partial.doubles(blocks);
    pool.run(blocks, job);
    double plain = 0;
    for (int block = 0; block < blocks; block++) {
      plain += job.sums[block];
    }
    target[at] = plain;
    target[at + 1] = plain;
    target[at + 2] = 0;
    if (!Double.isFinite(plain)) {
      writeFinite(values, target, at);
    }
  }

  /** A double holds the square of every float: the sum is not finite only if an entry is not. */
  private static void writeFinite(float[] values, double[] target, int at) {
    double finite = 0;
    int nonFinite = 0;
    for (float value : values) {
      if (Float.isFinite(value)) {
        finite += (double) value * value;
      } else {
        nonFinite++;
      }
    }
    target[at + 1] = finite;
    target[at + 2] = nonFinite;
  }

  private static final class Partial implements WorkerPool.Job {
    private float[] values = {};
    private double[] sums = {};

    @Override
    public void run(int block, int worker) {
      int end = Math.min((block + 1) * ELEMENTS, values.length);
      DoubleVector low = DoubleVector.zero(DOUBLES);
      DoubleVector high = DoubleVector.zero(DOUBLES);
      int i = block * ELEMENTS;
      for (; i <= end - WIDTH; i += WIDTH) {
        FloatVector x = FloatVector.fromArray(FLOATS, values, i);
        DoubleVector first = (DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, 0);
        DoubleVector second = (DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, 1);
        low = first.fma(first, low);
        high = second.fma(second, high);
      }
      double sum = Lanes.sum(low.add(high));
      for (; i < end; i++) {
        sum += (double) values[i] * values[i];
      }
      sums[block] = sum;
    }
  }
}
