package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.tensor.Tensor;

/**
 * Linear maps. The forward pass works on the transposed weight, since OpenBLAS's kernels for small
 * products are slow when the second operand is to be transposed; the copy costs under 1 % of a
 * product with some hundred rows.
 */
final class CpuLinear {
  /** Output features that one block transposes. */
  private static final int TRANSPOSED_ROWS = 64;

  private final WorkerPool pool;
  private final Products products;
  private final Scratch[] stages;
  private final Scratch transposed = new Scratch();
  private final Transposition transposition = new Transposition();
  private final Forward forward = new Forward();
  private final Backward backward = new Backward();

  CpuLinear(WorkerPool pool, Products products) {
    this.pool = pool;
    this.products = products;
    stages = Scratch.array(pool.threads());
  }

  void forward(Tensor x, Tensor weight, Tensor y) {
    ShapeChecks.linear(x, weight, y);
    int in = weight.shape().last();
    int out = weight.shape().extent(0);
    float[] turned = transposed.floats(in * out);
    transposition.weight = CpuTensor.of(weight);
    transposition.in = in;
    transposition.out = out;
    transposition.turned = turned;
    pool.run(Products.blocks(out, TRANSPOSED_ROWS), transposition);
    forward.rows = x.shape().rows();
    forward.in = in;
    forward.out = out;
    forward.x = CpuTensor.of(x);
    forward.turned = turned;
    forward.y = CpuTensor.overwritten(y);
    forward.block = products.rowBlock(in, out);
    pool.run(Products.blocks(forward.rows, forward.block), forward);
  }

  void backward(Tensor x, Tensor weight, Tensor dY, Tensor dX, Tensor dWeight) {
    ShapeChecks.linear(x, weight, dY);
    ShapeChecks.linear(dX, dWeight, dY);
    Backward job = backward;
    job.rows = x.shape().rows();
    job.in = weight.shape().last();
    job.out = weight.shape().extent(0);
    job.x = CpuTensor.of(x);
    job.weight = CpuTensor.of(weight);
    job.dY = CpuTensor.of(dY);
    job.betaX = CpuTensor.beta(dX);
    job.dX = CpuTensor.overwritten(dX);
    job.betaWeight = CpuTensor.beta(dWeight);
    job.dWeight = CpuTensor.overwritten(dWeight);
    job.block = products.rowBlock(job.out, job.in);
    job.blocks = Products.blocks(job.rows, job.block);
    pool.run(job.blocks + products.bands(job.out), job);
  }

  private static final class Transposition implements WorkerPool.Job {
    private float[] weight = {};
    private float[] turned = {};
    private int in;
    private int out;

    @Override
    public void run(int block, int worker) {
      int from = block * TRANSPOSED_ROWS;
      int to = Math.min(from + TRANSPOSED_ROWS, out);
      Products.transpose(weight, from * in, in, to - from, in, turned, from, out);
    }
  }

  private final class Forward implements WorkerPool.Job {
    private int rows;
    private int in;
    private int out;
    private int block;
    private float[] x = {};
    private float[] turned = {};
    private float[] y = {};

    @Override
    public void run(int index, int worker) {
      int from = index * block;
      int count = Math.min(block, rows - from);
      products.stagedRows(
          count, in, out, x, from * in, turned, 0, 0, y, from * out, stages[worker]);
    }
  }

  /** Blocks of rows of dX, and bands of dWeight, which are larger and therefore taken first. */
  private final class Backward implements WorkerPool.Job {
    private int rows;
    private int in;
    private int out;
    private int block;
    private int blocks;
    private float betaX;
    private float betaWeight;
    private float[] x = {};
    private float[] weight = {};
    private float[] dY = {};
    private float[] dX = {};
    private float[] dWeight = {};

    @Override
    public void run(int index, int worker) {
      if (index >= blocks) {
        products.band(index - blocks, rows, out, in, dY, x, betaWeight, dWeight);
        return;
      }
      int from = index * block;
      int count = Math.min(block, rows - from);
      products.stagedRows(
          count, out, in, dY, from * out, weight, 0, betaX, dX, from * in, stages[worker]);
    }
  }
}
