package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Root-mean-square norm, in blocks of rows. */
final class CpuRmsNorm {
  private static final int ROWS = 64;

  private final WorkerPool pool;
  private final Forward forward = new Forward();
  private final Backward backward = new Backward();
  private final Scratch gains = new Scratch();

  CpuRmsNorm(WorkerPool pool) {
    this.pool = pool;
  }

  void forward(Tensor x, Tensor gain, double epsilon, Tensor out, Tensor inverseRms) {
    ShapeChecks.rmsNorm(x, gain, out, inverseRms);
    forward.width = x.shape().last();
    forward.epsilon = epsilon;
    forward.x = CpuTensor.of(x);
    forward.gain = CpuTensor.of(gain);
    forward.out = CpuTensor.overwritten(out);
    forward.inverseRms = CpuTensor.overwritten(inverseRms);
    pool.run(Products.blocks(forward.inverseRms.length, ROWS), forward);
  }

  private static final class Forward implements WorkerPool.Job {
    private int width;
    private double epsilon;
    private float[] x = {};
    private float[] gain = {};
    private float[] out = {};
    private float[] inverseRms = {};

    @Override
    public void run(int block, int worker) {
      int end = Math.min((block + 1) * ROWS, inverseRms.length);
      for (int t = block * ROWS; t < end; t++) {
        int row = t * width;
        float squares = Rows.dot(x, row, x, row, width);
        float inverse = (float) (1 / Math.sqrt(squares / (double) width + epsilon));
        inverseRms[t] = inverse;
        int i = 0;
        for (; i <= width - WIDTH; i += WIDTH) {
          Rows.load(x, row + i).mul(inverse).mul(Rows.load(gain, i)).intoArray(out, row + i);
        }
        for (; i < width; i++) {
          out[row + i] = x[row + i] * inverse * gain[i];
        }
      }
    }
  }

  void backward(Tensor x, Tensor gain, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dGain) {
    ShapeChecks.rmsNorm(x, gain, dOut, inverseRms);
    ShapeChecks.same("rmsNormBackward", x, dX);
    ShapeChecks.same("rmsNormBackward", gain, dGain);
    Backward job = backward;
    job.width = x.shape().last();
    job.x = CpuTensor.of(x);
    job.gain = CpuTensor.of(gain);
    job.inverseRms = CpuTensor.of(inverseRms);
    job.dOut = CpuTensor.of(dOut);
    job.dX = CpuTensor.of(dX);
    int blocks = Products.blocks(job.inverseRms.length, ROWS);
    job.partial = gains.floats(blocks * job.width);
    pool.run(blocks, job);
    float[] sums = CpuTensor.of(dGain);
    for (int block = 0; block < blocks; block++) {
      Rows.add(job.partial, block * job.width, sums, 0, job.width);
    }
  }

  /** Each block leaves its share of dGain; the caller adds them in order. */
  private static final class Backward implements WorkerPool.Job {
    private int width;
    private float[] x = {};
    private float[] gain = {};
    private float[] inverseRms = {};
    private float[] dOut = {};
    private float[] dX = {};
    private float[] partial = {};

    @Override
    public void run(int block, int worker) {
      int share = block * width;
      Arrays.fill(partial, share, share + width, 0);
      int end = Math.min((block + 1) * ROWS, inverseRms.length);
      for (int t = block * ROWS; t < end; t++) {
        row(t * width, inverseRms[t], share);
      }
    }

    private void row(int row, float inverse, int share) {
      float dot = weighted(row);
      float along = (float) ((double) dot * inverse * inverse * inverse / width);
      int i = 0;
      for (; i <= width - WIDTH; i += WIDTH) {
        FloatVector in = Rows.load(x, row + i);
        FloatVector g = Rows.load(dOut, row + i).mul(inverse);
        g.fma(in, Rows.load(partial, share + i)).intoArray(partial, share + i);
        FloatVector across = g.fma(Rows.load(gain, i), Rows.load(dX, row + i));
        in.fma(Lanes.broadcast(-along), across).intoArray(dX, row + i);
      }
      for (; i < width; i++) {
        float g = dOut[row + i] * inverse;
        partial[share + i] += g * x[row + i];
        dX[row + i] += g * gain[i] - along * x[row + i];
      }
    }

    /** sum_i dOut_i gain_i x_i. */
    private float weighted(int row) {
      FloatVector sums = Lanes.zero();
      int i = 0;
      for (; i <= width - WIDTH; i += WIDTH) {
        sums = Rows.load(dOut, row + i).mul(Rows.load(gain, i)).fma(Rows.load(x, row + i), sums);
      }
      float sum = Lanes.sum(sums);
      for (; i < width; i++) {
        sum += dOut[row + i] * gain[i] * x[row + i];
      }
      return sum;
    }
  }
}
