package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.DenseOps;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.ops.host.HostIndexTensor;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Tensor;

final class CpuDense implements DenseOps {
  /** Elements that one block of an elementwise operation has. */
  private static final int ELEMENTS = 16_384;

  private final WorkerPool pool;
  private final CpuLinear linear;
  private final CpuRmsNorm norm;
  private final Scratch[] scratch;
  private final Addition addition = new Addition();
  private final Lookup lookup = new Lookup();
  private final Gate gateForward = new Gate();
  private final GateBackward gateBackward = new GateBackward();

  CpuDense(WorkerPool pool, Products products) {
    this.pool = pool;
    scratch = Scratch.array(pool.threads());
    linear = new CpuLinear(pool, products);
    norm = new CpuRmsNorm(pool);
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    ShapeChecks.same("add", a, b, out);
    addition.left = CpuTensor.of(a);
    addition.right = CpuTensor.of(b);
    addition.sum = CpuTensor.overwritten(out);
    pool.run(Products.blocks(addition.sum.length, ELEMENTS), addition);
  }

  private static final class Addition implements WorkerPool.Job {
    private float[] left = {};
    private float[] right = {};
    private float[] sum = {};

    @Override
    public void run(int block, int worker) {
      int at = block * ELEMENTS;
      Rows.sum(left, right, sum, at, Math.min(ELEMENTS, sum.length - at));
    }
  }

  @Override
  public void embeddingForward(Tensor table, IndexTensor tokens, Tensor out) {
    ShapeChecks.embedding(table, tokens, out);
    lookup.width = table.shape().last();
    lookup.tokens = HostIndexTensor.of(tokens);
    lookup.table = CpuTensor.of(table);
    lookup.out = CpuTensor.overwritten(out);
    pool.run(Products.blocks(lookup.tokens.length, Lookup.ROWS), lookup);
  }

  private static final class Lookup implements WorkerPool.Job {
    private static final int ROWS = 128;
    private int width;
    private int[] tokens = {};
    private float[] table = {};
    private float[] out = {};

    @Override
    public void run(int block, int worker) {
      int end = Math.min((block + 1) * ROWS, tokens.length);
      for (int t = block * ROWS; t < end; t++) {
        System.arraycopy(table, tokens[t] * width, out, t * width, width);
      }
    }
  }

  @Override
  public void embeddingBackward(IndexTensor tokens, Tensor dOut, Tensor dTable) {
    ShapeChecks.embedding(dTable, tokens, dOut);
    int d = dTable.shape().last();
    int[] token = HostIndexTensor.of(tokens);
    float[] from = CpuTensor.of(dOut);
    float[] rows = CpuTensor.of(dTable);
    for (int t = 0; t < token.length; t++) {
      Rows.add(from, t * d, rows, token[t] * d, d);
    }
  }

  @Override
  public void rmsNormForward(Tensor x, Tensor gain, double epsilon, Tensor out, Tensor inverseRms) {
    norm.forward(x, gain, epsilon, out, inverseRms);
  }

  @Override
  public void rmsNormBackward(
      Tensor x, Tensor gain, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dGain) {
    norm.backward(x, gain, inverseRms, dOut, dX, dGain);
  }

  @Override
  public void linearForward(Tensor x, Tensor weight, Tensor y) {
    linear.forward(x, weight, y);
  }

  @Override
  public void linearBackward(Tensor x, Tensor weight, Tensor dY, Tensor dX, Tensor dWeight) {
    linear.backward(x, weight, dY, dX, dWeight);
  }

  @Override
  public void siluMultiplyForward(Tensor gate, Tensor up, Tensor out) {
    ShapeChecks.same("siluMultiply", gate, up, out);
    gateForward.gate = CpuTensor.of(gate);
    gateForward.up = CpuTensor.of(up);
    gateForward.out = CpuTensor.overwritten(out);
    pool.run(Products.blocks(gateForward.out.length, ELEMENTS), gateForward);
  }

  private final class Gate implements WorkerPool.Job {
    private float[] gate = {};
    private float[] up = {};
    private float[] out = {};

    @Override
    public void run(int block, int worker) {
      int at = block * ELEMENTS;
      Silu.forward(gate, up, out, at, Math.min(ELEMENTS, out.length - at), scratch[worker]);
    }
  }

  @Override
  public void siluMultiplyBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
    ShapeChecks.same("siluMultiply", gate, up, dOut, dGate, dUp);
    GateBackward job = gateBackward;
    job.gate = CpuTensor.of(gate);
    job.up = CpuTensor.of(up);
    job.dOut = CpuTensor.of(dOut);
    job.adds = CpuTensor.beta(dGate) != 0 || CpuTensor.beta(dUp) != 0;
    job.dGate = job.adds ? CpuTensor.of(dGate) : CpuTensor.overwritten(dGate);
    job.dUp = job.adds ? CpuTensor.of(dUp) : CpuTensor.overwritten(dUp);
    pool.run(Products.blocks(job.gate.length, ELEMENTS), job);
  }

  private final class GateBackward implements WorkerPool.Job {
    private boolean adds;
    private float[] gate = {};
    private float[] up = {};
    private float[] dOut = {};
    private float[] dGate = {};
    private float[] dUp = {};

    @Override
    public void run(int block, int worker) {
      int at = block * ELEMENTS;
      int count = Math.min(ELEMENTS, gate.length - at);
      if (adds) {
        Silu.addBackward(gate, up, dOut, dGate, dUp, at, count);
      } else {
        Silu.backward(gate, up, dOut, dGate, dUp, at, count, scratch[worker]);
      }
    }
  }
}
