package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.FLOATS;
import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** Rotation of the pairs (2j, 2j+1), in blocks of rows. */
final class CpuRope {
  private static final int ROWS = 64;
  private static final VectorShuffle<Float> SWAPPED = VectorShuffle.fromOp(FLOATS, i -> i ^ 1);

  private final WorkerPool pool;
  private final Rotation rotation = new Rotation();
  private final Scratch cosineRows = new Scratch();
  private final Scratch sineRows = new Scratch();

  CpuRope(WorkerPool pool) {
    this.pool = pool;
  }

  void rotate(Tensor x, Tensor cosines, Tensor sines, float direction) {
    ShapeChecks.rope(x, cosines, sines);
    float[] cos = CpuTensor.of(cosines);
    float[] sin = CpuTensor.of(sines);
    Rotation job = rotation;
    job.data = CpuTensor.of(x);
    job.width = x.shape().last();
    job.rows = x.shape().rows();
    job.length = cosines.shape().extent(0);
    job.headWidth = 2 * cosines.shape().last();
    job.cosines = cosineRows.floats(2 * cos.length);
    job.sines = sineRows.floats(2 * sin.length);
    for (int i = 0; i < cos.length; i++) {
      job.cosines[2 * i] = cos[i];
      job.cosines[2 * i + 1] = cos[i];
      job.sines[2 * i] = -direction * sin[i];
      job.sines[2 * i + 1] = direction * sin[i];
    }
    pool.run(Products.blocks(job.rows, ROWS), job);
  }

  /** {@code (u, v) = (u, v) cos + (v, u) (-sin, sin)}, with tables of one entry a component. */
  private static final class Rotation implements WorkerPool.Job {
    private int rows;
    private int width;
    private int length;
    private int headWidth;
    private float[] data = {};
    private float[] cosines = {};
    private float[] sines = {};

    @Override
    public void run(int block, int worker) {
      int end = Math.min((block + 1) * ROWS, rows);
      for (int t = block * ROWS; t < end; t++) {
        int angles = t % length * headWidth;
        for (int head = t * width; head < (t + 1) * width; head += headWidth) {
          rotate(head, angles);
        }
      }
    }

    private void rotate(int head, int angles) {
      int i = 0;
      for (; i <= headWidth - WIDTH; i += WIDTH) {
        FloatVector pairs = Rows.load(data, head + i);
        pairs
            .rearrange(SWAPPED)
            .mul(Rows.load(sines, angles + i))
            .add(pairs.mul(Rows.load(cosines, angles + i)))
            .intoArray(data, head + i);
      }
      for (; i < headWidth; i += 2) {
        float u = data[head + i];
        float v = data[head + i + 1];
        data[head + i] = u * cosines[angles + i] + v * sines[angles + i];
        data[head + i + 1] = v * cosines[angles + i] + u * sines[angles + i + 1];
      }
    }
  }
}
