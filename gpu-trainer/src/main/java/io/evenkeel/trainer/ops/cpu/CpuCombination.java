package io.evenkeel.trainer.ops.cpu;

import static io.evenkeel.trainer.ops.cpu.Lanes.WIDTH;

import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;

/** Weighted sums of the selected experts' outputs, in blocks of tokens. */
final class CpuCombination {
  private static final int TOKENS = 64;

  private final WorkerPool pool;
  private final Forward forward = new Forward();
  private final Backward backward = new Backward();

  CpuCombination(WorkerPool pool) {
    this.pool = pool;
  }

  void forward(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Tensor x,
      Tensor expertOutput,
      double gamma,
      Tensor ffnSum,
      Tensor out) {
    Forward job = forward;
    job.resize(shape, plan, x.shape().last());
    job.gamma = (float) gamma;
    job.probabilities = CpuTensor.of(probabilities);
    job.x = CpuTensor.of(x);
    job.expertOutput = CpuTensor.of(expertOutput);
    job.ffnSum = CpuTensor.overwritten(ffnSum);
    job.out = CpuTensor.overwritten(out);
    pool.run(Products.blocks(plan.tokens(), TOKENS), job);
  }

  void backward(
      RoutingShape shape,
      RoutingPlan plan,
      Tensor probabilities,
      Tensor x,
      Tensor expertOutput,
      double gamma,
      Tensor dOut,
      Tensor dExpertOutput,
      Tensor dProbabilities,
      Tensor dX) {
    Backward job = backward;
    job.resize(shape, plan, x.shape().last());
    job.gamma = (float) gamma;
    job.probabilities = CpuTensor.of(probabilities);
    job.x = CpuTensor.of(x);
    job.expertOutput = CpuTensor.of(expertOutput);
    job.dOut = CpuTensor.of(dOut);
    job.dExpertOutput = CpuTensor.overwritten(dExpertOutput);
    job.dProbabilities = CpuTensor.overwritten(dProbabilities);
    job.beta = CpuTensor.beta(dX);
    job.dX = CpuTensor.overwritten(dX);
    pool.run(Products.blocks(plan.tokens(), TOKENS), job);
  }

  /** What both passes know. */
  private abstract static class Pass implements WorkerPool.Job {
    int d;
    int topK;
    int experts;
    int tokens;
    float gamma;
    int[] selected = {};
    int[] slots = {};
    float[] probabilities = {};
    float[] x = {};
    float[] expertOutput = {};

    final void resize(RoutingShape shape, RoutingPlan plan, int width) {
      d = width;
      topK = shape.topK();
      experts = shape.experts();
      tokens = plan.tokens();
      selected = HostIndexTensor.of(plan.selected());
      slots = HostIndexTensor.of(plan.tokenSlots());
    }

    @Override
    public final void run(int block, int worker) {
      int end = Math.min((block + 1) * TOKENS, tokens);
      for (int t = block * TOKENS; t < end; t++) {
        token(t, t * d);
      }
    }

    abstract void token(int t, int row);
  }

  private static final class Forward extends Pass {
    private float[] ffnSum = {};
    private float[] out = {};

    @Override
    void token(int t, int row) {
      Arrays.fill(ffnSum, row, row + d, 0);
      float zero = 0;
      for (int at = t * topK; at < (t + 1) * topK; at++) {
        float gate = probabilities[t * experts + selected[at]];
        if (slots[at] >= 0) {
          Rows.addScaled(gate, expertOutput, slots[at] * d, ffnSum, row, d);
        } else {
          zero += gate;
        }
      }
      int i = row;
      for (; i <= row + d - WIDTH; i += WIDTH) {
        Rows.load(x, i).mul(zero).add(Rows.load(ffnSum, i).mul(gamma)).intoArray(out, i);
      }
      for (; i < row + d; i++) {
        out[i] = gamma * ffnSum[i] + zero * x[i];
      }
    }
  }

  private static final class Backward extends Pass {
    private float beta;
    private float[] dOut = {};
    private float[] dExpertOutput = {};
    private float[] dProbabilities = {};
    private float[] dX = {};

    @Override
    void token(int t, int row) {
      Arrays.fill(dProbabilities, t * experts, (t + 1) * experts, 0);
      float zero = 0;
      boolean identity = false;
      float alike = 0;
      for (int at = t * topK; at < (t + 1) * topK; at++) {
        int gate = t * experts + selected[at];
        if (slots[at] >= 0) {
          int slot = slots[at] * d;
          dProbabilities[gate] = gamma * Rows.dot(dOut, row, expertOutput, slot, d);
          Rows.scaled(gamma * probabilities[gate], dOut, row, dExpertOutput, slot, d);
        } else {
          // Every identity expert has the same output, x.
          alike = identity ? alike : Rows.dot(dOut, row, x, row, d);
          identity = true;
          dProbabilities[gate] = alike;
          zero += probabilities[gate];
        }
      }
      if (beta == 0) {
        Rows.scaled(zero, dOut, row, dX, row, d);
      } else if (identity) {
        Rows.addScaled(zero, dOut, row, dX, row, d);
      }
    }
  }
}
