package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.ExpertBuffers;
import io.evenkeel.trainer.ops.ExpertWeights;
import io.evenkeel.trainer.ops.RoutingPlan;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.tensor.Tensor;

/**
 * The FFN experts, in blocks of rows of one expert each: a block goes through the whole of SwiGLU
 * while it is in the cache.
 */
final class CpuExperts {
  private final WorkerPool pool;
  private final Products products;
  private final ExpertBlocks blocks = new ExpertBlocks();
  private final Transposition transposition = new Transposition();
  private final Forward forward = new Forward();
  private final Backward backward = new Backward();
  private final WeightGradients weightGradients = new WeightGradients();
  private final Scattering scattering = new Scattering();
  private final Scratch turned = new Scratch();
  private final Scratch[] scratch;

  CpuExperts(WorkerPool pool, Products products) {
    this.pool = pool;
    this.products = products;
    scratch = Scratch.array(pool.threads());
  }

  void forward(RoutingPlan plan, Tensor x, ExpertWeights weights, ExpertBuffers buffers) {
    int d = x.shape().last();
    int f = buffers.hidden().shape().last();
    blocks.cut(
        HostIndexTensor.of(plan.offsets()), products.rowBlock(Math.max(d, f), Math.max(d, f)));
    transposition.d = d;
    transposition.f = f;
    transposition.experts = blocks.experts();
    transposition.gate = CpuTensor.of(weights.gate());
    transposition.up = CpuTensor.of(weights.up());
    transposition.down = CpuTensor.of(weights.down());
    transposition.turned = turned.floats(3 * blocks.experts() * d * f);
    pool.run(3 * blocks.experts(), transposition);
    forward.d = d;
    forward.f = f;
    forward.slotToken = HostIndexTensor.of(plan.slotToken());
    forward.turned = transposition.turned;
    forward.x = CpuTensor.of(x);
    forward.input = CpuTensor.overwritten(buffers.input());
    forward.gate = CpuTensor.overwritten(buffers.gate());
    forward.up = CpuTensor.overwritten(buffers.up());
    forward.hidden = CpuTensor.overwritten(buffers.hidden());
    forward.output = CpuTensor.overwritten(buffers.output());
    pool.run(blocks.count(), forward);
  }

  /** The weights of all experts, transposed: gate and up as [N,d,f], then down as [N,f,d]. */
  private static final class Transposition implements WorkerPool.Job {
    private int d;
    private int f;
    private int experts;
    private float[] gate = {};
    private float[] up = {};
    private float[] down = {};
    private float[] turned = {};

    @Override
    public void run(int block, int worker) {
      int from = block % experts * d * f;
      int to = block * d * f;
      switch (block / experts) {
        case 0 -> Products.transpose(gate, from, d, f, d, turned, to, f);
        case 1 -> Products.transpose(up, from, d, f, d, turned, to, f);
        default -> Products.transpose(down, from, f, d, f, turned, to, d);
      }
    }
  }

  private final class Forward implements WorkerPool.Job {
    private int d;
    private int f;
    private int[] slotToken = {};
    private float[] turned = {};
    private float[] x = {};
    private float[] input = {};
    private float[] gate = {};
    private float[] up = {};
    private float[] hidden = {};
    private float[] output = {};

    @Override
    public void run(int block, int worker) {
      int slot = blocks.first(block);
      int rows = blocks.rows(block);
      int matrix = d * f;
      int ofGate = blocks.expert(block) * matrix;
      int ofUp = ofGate + blocks.experts() * matrix;
      int ofDown = ofUp + blocks.experts() * matrix;
      for (int s = slot; s < slot + rows; s++) {
        System.arraycopy(x, slotToken[s] * d, input, s * d, d);
      }
      products.rows(rows, d, f, input, slot * d, turned, ofGate, 0, gate, slot * f);
      products.rows(rows, d, f, input, slot * d, turned, ofUp, 0, up, slot * f);
      Silu.forward(gate, up, hidden, slot * f, rows * f, scratch[worker]);
      products.rows(rows, f, d, hidden, slot * f, turned, ofDown, 0, output, slot * d);
    }
  }

  void backward(
      RoutingPlan plan,
      ExpertWeights weights,
      ExpertBuffers buffers,
      ExpertBuffers gradients,
      ExpertWeights dWeights,
      Tensor dX) {
    int d = dX.shape().last();
    int f = buffers.hidden().shape().last();
    blocks.cut(
        HostIndexTensor.of(plan.offsets()), products.rowBlock(Math.max(d, f), Math.max(d, f)));
    Backward rows = backward;
    rows.d = d;
    rows.f = f;
    rows.wGate = CpuTensor.of(weights.gate());
    rows.wUp = CpuTensor.of(weights.up());
    rows.wDown = CpuTensor.of(weights.down());
    rows.gate = CpuTensor.of(buffers.gate());
    rows.up = CpuTensor.of(buffers.up());
    rows.dOutput = CpuTensor.of(gradients.output());
    rows.dHidden = CpuTensor.overwritten(gradients.hidden());
    rows.dGate = CpuTensor.overwritten(gradients.gate());
    rows.dUp = CpuTensor.overwritten(gradients.up());
    rows.dInput = CpuTensor.overwritten(gradients.input());
    pool.run(blocks.count(), rows);
    weightGradients(buffers, dWeights, rows);
    scattering.d = d;
    scattering.slots = HostIndexTensor.of(plan.tokenSlots());
    scattering.topK = plan.selected().shape().last();
    scattering.dInput = rows.dInput;
    scattering.beta = CpuTensor.beta(dX);
    scattering.dX = CpuTensor.overwritten(dX);
    pool.run(Products.blocks(plan.tokens(), Scattering.ROWS), scattering);
  }

  private void weightGradients(ExpertBuffers buffers, ExpertWeights dWeights, Backward rows) {
    WeightGradients job = weightGradients;
    job.d = rows.d;
    job.f = rows.f;
    job.input = CpuTensor.of(buffers.input());
    job.hidden = CpuTensor.of(buffers.hidden());
    job.dOutput = rows.dOutput;
    job.dGate = rows.dGate;
    job.dUp = rows.dUp;
    job.betaGate = CpuTensor.beta(dWeights.gate());
    job.betaUp = CpuTensor.beta(dWeights.up());
    job.betaDown = CpuTensor.beta(dWeights.down());
    job.gate = CpuTensor.overwritten(dWeights.gate());
    job.up = CpuTensor.overwritten(dWeights.up());
    job.down = CpuTensor.overwritten(dWeights.down());
    job.inner = products.tiles(rows.f, rows.d);
    job.outer = products.tiles(rows.d, rows.f);
    pool.run(blocks.experts() * (2 * job.inner + job.outer), job);
  }

  private final class Backward implements WorkerPool.Job {
    private int d;
    private int f;
    private float[] wGate = {};
    private float[] wUp = {};
    private float[] wDown = {};
    private float[] gate = {};
    private float[] up = {};
    private float[] dOutput = {};
    private float[] dHidden = {};
    private float[] dGate = {};
    private float[] dUp = {};
    private float[] dInput = {};

    @Override
    public void run(int block, int worker) {
      int slot = blocks.first(block);
      int rows = blocks.rows(block);
      int weight = blocks.expert(block) * d * f;
      products.rows(rows, d, f, dOutput, slot * d, wDown, weight, 0, dHidden, slot * f);
      Silu.backward(gate, up, dHidden, dGate, dUp, slot * f, rows * f, scratch[worker]);
      products.rows(rows, f, d, dGate, slot * f, wGate, weight, 0, dInput, slot * d);
      products.rows(rows, f, d, dUp, slot * f, wUp, weight, 1, dInput, slot * d);
    }
  }

  /** Tiles of the gradients of one expert after the other. */
  private final class WeightGradients implements WorkerPool.Job {
    private int d;
    private int f;
    private int inner;
    private int outer;
    private float betaGate;
    private float betaUp;
    private float betaDown;
    private float[] input = {};
    private float[] hidden = {};
    private float[] dOutput = {};
    private float[] dGate = {};
    private float[] dUp = {};
    private float[] gate = {};
    private float[] up = {};
    private float[] down = {};

    @Override
    public void run(int block, int worker) {
      int expert = block / (2 * inner + outer);
      int tile = block % (2 * inner + outer);
      int slot = blocks.start(expert);
      int rows = blocks.start(expert + 1) - slot;
      int weight = expert * d * f;
      if (tile < inner) {
        tile(tile, rows, f, d, dGate, slot * f, input, slot * d, betaGate, gate, weight);
      } else if (tile < 2 * inner) {
        tile(tile - inner, rows, f, d, dUp, slot * f, input, slot * d, betaUp, up, weight);
      } else {
        int index = tile - 2 * inner;
        tile(index, rows, d, f, dOutput, slot * d, hidden, slot * f, betaDown, down, weight);
      }
    }

    private void tile(
        int tile,
        int rows,
        int m,
        int n,
        float[] dY,
        int dYAt,
        float[] x,
        int xAt,
        float beta,
        float[] target,
        int targetAt) {
      if (rows > 0) {
        products.tile(tile, rows, m, n, dY, dYAt, x, xAt, beta, target, targetAt);
      } else if (beta == 0) {
        products.clearTile(tile, m, n, target, targetAt);
      }
    }
  }

  /** Adds the slots of each token to its row of dX. */
  private static final class Scattering implements WorkerPool.Job {
    private static final int ROWS = 64;
    private int d;
    private int topK;
    private float beta;
    private int[] slots = {};
    private float[] dInput = {};
    private float[] dX = {};

    @Override
    public void run(int block, int worker) {
      int end = Math.min((block + 1) * ROWS, slots.length / topK);
      for (int token = block * ROWS; token < end; token++) {
        if (beta == 0) {
          java.util.Arrays.fill(dX, token * d, (token + 1) * d, 0);
        }
        for (int at = token * topK; at < (token + 1) * topK; at++) {
          if (slots[at] >= 0) {
            Rows.add(dInput, slots[at] * d, dX, token * d, d);
          }
        }
      }
    }
  }
}
