package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.RoutingLayout;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.host.Routing;
import io.evenkeel.trainer.tensor.Tensor;

/** The router's softmax and what flows back through it, in blocks of tokens. */
final class CpuRouterSoftmax {
  private static final int ROWS = 128;

  private final WorkerPool pool;
  private final Forward forward = new Forward();
  private final Backward backward = new Backward();
  private final LoadBalance loadBalance = new LoadBalance();
  private final Scratch factors = new Scratch();
  private final Scratch partial = new Scratch();

  CpuRouterSoftmax(WorkerPool pool) {
    this.pool = pool;
  }

  void forward(Tensor logits, Tensor probabilities, Tensor logSumExp) {
    forward.experts = logits.shape().last();
    forward.logits = CpuTensor.of(logits);
    forward.probabilities = CpuTensor.overwritten(probabilities);
    forward.logSumExp = CpuTensor.overwritten(logSumExp);
    pool.run(Products.blocks(forward.logSumExp.length, ROWS), forward);
  }

  private static final class Forward implements WorkerPool.Job {
    private int experts;
    private float[] logits = {};
    private float[] probabilities = {};
    private float[] logSumExp = {};

    @Override
    public void run(int block, int worker) {
      int end = Math.min((block + 1) * ROWS, logSumExp.length);
      for (int t = block * ROWS; t < end; t++) {
        int row = t * experts;
        logSumExp[t] = (float) Rows.softmax(logits, row, probabilities, row, experts);
      }
    }
  }

  void backward(Tensor probabilities, Tensor dProbabilities, Tensor dLogits) {
    backward.experts = probabilities.shape().last();
    backward.probabilities = CpuTensor.of(probabilities);
    backward.dProbabilities = CpuTensor.of(dProbabilities);
    backward.dLogits = CpuTensor.of(dLogits);
    pool.run(Products.blocks(probabilities.shape().rows(), ROWS), backward);
  }

  private static final class Backward implements WorkerPool.Job {
    private int experts;
    private float[] probabilities = {};
    private float[] dProbabilities = {};
    private float[] dLogits = {};

    @Override
    public void run(int block, int worker) {
      int end = Math.min((block + 1) * ROWS * experts, probabilities.length);
      for (int row = block * ROWS * experts; row < end; row += experts) {
        float dot = Rows.dot(probabilities, row, dProbabilities, row, experts);
        for (int i = row; i < row + experts; i++) {
          dLogits[i] += probabilities[i] * (dProbabilities[i] - dot);
        }
      }
    }
  }

  /** Adds to dLogits; returns the sum of squares without the coefficient. */
  double loadBalance(
      RoutingShape shape,
      Tensor probabilities,
      double[] counts,
      RoutingLayout countsAt,
      double coefficient,
      Tensor dLogits) {
    int rows = probabilities.shape().rows();
    int blocks = Products.blocks(rows, ROWS);
    LoadBalance job = loadBalance;
    job.experts = shape.experts();
    job.factors =
        Routing.groupFactors(shape, counts, countsAt, rows, factors.doubles(shape.experts()));
    job.share = 1.0 / rows;
    job.coefficient = coefficient;
    job.probabilities = CpuTensor.of(probabilities);
    job.dLogits = CpuTensor.of(dLogits);
    job.squares = partial.doubles(blocks);
    pool.run(blocks, job);
    double total = 0;
    for (int block = 0; block < blocks; block++) {
      total += job.squares[block];
    }
    return total;
  }

  private static final class LoadBalance implements WorkerPool.Job {
    private int experts;
    private double share;
    private double coefficient;
    private double[] factors = {};
    private float[] probabilities = {};
    private float[] dLogits = {};
    private double[] squares = {};

    @Override
    public void run(int block, int worker) {
      double sum = 0;
      int end = Math.min((block + 1) * ROWS * experts, probabilities.length);
      for (int row = block * ROWS * experts; row < end; row += experts) {
        sum += row(row);
      }
      squares[block] = sum;
    }

    private double row(int row) {
      double dot = 0;
      double total = 0;
      for (int i = 0; i < experts; i++) {
        dot += probabilities[row + i] * factors[i];
        total += probabilities[row + i];
      }
      // R rounded to floats does not sum to 1 exactly: without the division a constant f would
      // leave a gradient.
      double mean = dot / total;
      double sum = 0;
      for (int i = 0; i < experts; i++) {
        double g = probabilities[row + i] * (factors[i] - mean) * share;
        sum += g * g;
        dLogits[row + i] += (float) (coefficient * g);
      }
      return sum;
    }
  }
}
