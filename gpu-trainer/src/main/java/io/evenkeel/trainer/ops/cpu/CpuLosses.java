package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import io.evenkeel.trainer.ops.LossOps;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.ops.host.HostStatistics;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Loss terms, in blocks of rows; each block leaves its sum, and the caller adds them in order. */
final class CpuLosses implements LossOps {
  private static final int ROWS = 64;

  private final WorkerPool pool;
  private final Scratch partial = new Scratch();
  private final Scratch[] scratch;
  private final CrossEntropy crossEntropy = new CrossEntropy();
  private final CrossEntropyGradient crossEntropyGradient = new CrossEntropyGradient();
  private final HiddenZ hiddenZ = new HiddenZ();
  private final HiddenZGradient hiddenZGradient = new HiddenZGradient();

  CpuLosses(WorkerPool pool) {
    this.pool = pool;
    scratch = Scratch.array(pool.threads());
  }

  private double summed(int rows, double[] sums, WorkerPool.Job job) {
    int blocks = Products.blocks(rows, ROWS);
    pool.run(blocks, job);
    double total = 0;
    for (int block = 0; block < blocks; block++) {
      total += sums[block];
    }
    return total;
  }

  @Override
  public void crossEntropyForward(
      Tensor logits, IndexTensor targets, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.crossEntropy(logits, targets, logSumExp);
    ShapeChecks.room(into, at, 1);
    CrossEntropy job = crossEntropy;
    job.classes = logits.shape().last();
    job.logits = CpuTensor.of(logits);
    job.logSumExp = CpuTensor.overwritten(logSumExp);
    job.targets = HostIndexTensor.of(targets);
    job.sums = partial.doubles(Products.blocks(job.targets.length, ROWS));
    HostStatistics.of(into)[at] = summed(job.targets.length, job.sums, job);
  }

  private final class CrossEntropy implements WorkerPool.Job {
    private int classes;
    private float[] logits = {};
    private float[] logSumExp = {};
    private int[] targets = {};
    private double[] sums = {};

    @Override
    public void run(int block, int worker) {
      float[] row = scratch[worker].floats(classes);
      double loss = 0;
      int end = Math.min((block + 1) * ROWS, targets.length);
      for (int t = block * ROWS; t < end; t++) {
        double lse = Rows.logSumExp(logits, t * classes, classes, row);
        logSumExp[t] = (float) lse;
        if (targets[t] >= 0) {
          loss += lse - logits[t * classes + targets[t]];
        }
      }
      sums[block] = loss;
    }
  }

  @Override
  public void crossEntropyBackward(
      Tensor logits, Tensor logSumExp, IndexTensor targets, double scale, Tensor dLogits) {
    ShapeChecks.crossEntropy(logits, targets, logSumExp);
    ShapeChecks.same("crossEntropyBackward", logits, dLogits);
    CrossEntropyGradient job = crossEntropyGradient;
    job.classes = logits.shape().last();
    job.scale = (float) scale;
    job.logits = CpuTensor.of(logits);
    job.logSumExp = CpuTensor.of(logSumExp);
    job.targets = HostIndexTensor.of(targets);
    job.dLogits = CpuTensor.overwritten(dLogits);
    pool.run(Products.blocks(job.targets.length, ROWS), job);
  }

  private static final class CrossEntropyGradient implements WorkerPool.Job {
    private int classes;
    private float scale;
    private float[] logits = {};
    private float[] logSumExp = {};
    private int[] targets = {};
    private float[] dLogits = {};

    @Override
    public void run(int block, int worker) {
      int end = Math.min((block + 1) * ROWS, targets.length);
      for (int t = block * ROWS; t < end; t++) {
        int row = t * classes;
        if (targets[t] < 0) {
          Arrays.fill(dLogits, row, row + classes, 0);
        } else {
          scaledSoftmax(row, logSumExp[t]);
          dLogits[row + targets[t]] -= scale;
        }
      }
    }

    private void scaledSoftmax(int row, float lse) {
      Exponentials.write(logits, row, 1, lse, dLogits, row, classes);
      Rows.scaled(scale, dLogits, row, dLogits, row, classes);
    }
  }

  @Override
  public void hiddenZForward(Tensor x, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.hiddenZ(x, logSumExp);
    ShapeChecks.room(into, at, 1);
    HiddenZ job = hiddenZ;
    job.width = x.shape().last();
    job.x = CpuTensor.of(x);
    job.logSumExp = CpuTensor.overwritten(logSumExp);
    job.sums = partial.doubles(Products.blocks(job.logSumExp.length, ROWS));
    HostStatistics.of(into)[at] = summed(job.logSumExp.length, job.sums, job);
  }

  private final class HiddenZ implements WorkerPool.Job {
    private int width;
    private float[] x = {};
    private float[] logSumExp = {};
    private double[] sums = {};

    @Override
    public void run(int block, int worker) {
      float[] row = scratch[worker].floats(width);
      double total = 0;
      int end = Math.min((block + 1) * ROWS, logSumExp.length);
      for (int t = block * ROWS; t < end; t++) {
        Rows.magnitudes(x, t * width, row, 0, width);
        double lse = Rows.logSumExp(row, 0, width, row);
        logSumExp[t] = (float) lse;
        total += lse * lse;
      }
      sums[block] = total;
    }
  }

  @Override
  public void hiddenZBackward(Tensor x, Tensor logSumExp, double scale, Tensor dX) {
    ShapeChecks.hiddenZ(x, logSumExp);
    ShapeChecks.same("hiddenZBackward", x, dX);
    HiddenZGradient job = hiddenZGradient;
    job.width = x.shape().last();
    job.scale = scale;
    job.x = CpuTensor.of(x);
    job.logSumExp = CpuTensor.of(logSumExp);
    job.dX = CpuTensor.of(dX);
    pool.run(Products.blocks(job.logSumExp.length, ROWS), job);
  }

  private final class HiddenZGradient implements WorkerPool.Job {
    private int width;
    private double scale;
    private float[] x = {};
    private float[] logSumExp = {};
    private float[] dX = {};

    @Override
    public void run(int block, int worker) {
      float[] row = scratch[worker].floats(width);
      int end = Math.min((block + 1) * ROWS, logSumExp.length);
      for (int t = block * ROWS; t < end; t++) {
        Rows.magnitudes(x, t * width, row, 0, width);
        Exponentials.write(row, 0, 1, logSumExp[t], row, 0, width);
        add(t * width, (float) (2 * scale * logSumExp[t]), row);
      }
    }

    /** Adds {@code factor magnitude sign(x)}; nothing where x is 0, NaN where it is NaN. */
    private void add(int at, float factor, float[] magnitudes) {
      int i = 0;
      for (; i <= width - WIDTH; i += WIDTH) {
        FloatVector in = Rows.load(x, at + i);
        FloatVector gradient = Rows.load(magnitudes, i).mul(factor);
        gradient
            .blend(gradient.neg(), in.compare(VectorOperators.LT, 0f))
            .blend(0f, in.compare(VectorOperators.EQ, 0f))
            .add(Rows.load(dX, at + i))
            .intoArray(dX, at + i);
      }
      for (; i < width; i++) {
        dX[at + i] += factor * magnitudes[i] * Math.signum(x[at + i]);
      }
    }
  }
}
