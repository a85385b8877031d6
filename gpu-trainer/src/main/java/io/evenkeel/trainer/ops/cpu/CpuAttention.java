package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.ops.AttentionOps;
import io.evenkeel.trainer.ops.AttentionShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

/** Rotary positions, and causal attention with one block of work a sequence and head. */
final class CpuAttention implements AttentionOps {
  private final WorkerPool pool;
  private final CpuRope rope;
  private final AttentionForward forward;
  private final AttentionBackward backward;

  CpuAttention(WorkerPool pool, Gemm gemm) {
    this.pool = pool;
    rope = new CpuRope(pool);
    forward = new AttentionForward(gemm, pool.threads());
    backward = new AttentionBackward(gemm, pool.threads());
  }

  @Override
  public void ropeForward(Tensor x, Tensor cosines, Tensor sines) {
    rope.rotate(x, cosines, sines, 1);
  }

  @Override
  public void ropeBackward(Tensor dX, Tensor cosines, Tensor sines) {
    rope.rotate(dX, cosines, sines, -1);
  }

  @Override
  public Shape savedShape(AttentionShape shape) {
    return Shape.of(shape.sequences(), shape.heads(), shape.length(), shape.length());
  }

  @Override
  public Shape scratchShape(AttentionShape shape) {
    return Shape.of(pool.threads(), shape.length(), shape.length());
  }

  @Override
  public void attentionForward(
      AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor saved, Tensor out) {
    ShapeChecks.attention(shape, q, k, v, out);
    ShapeChecks.attentionBuffer(savedShape(shape), saved);
    forward.resize(shape);
    forward.q = CpuTensor.of(q);
    forward.k = CpuTensor.of(k);
    forward.v = CpuTensor.of(v);
    forward.probabilities = CpuTensor.overwritten(saved);
    forward.out = CpuTensor.overwritten(out);
    pool.run(shape.sequences() * shape.heads(), forward);
  }

  @Override
  public void attentionBackward(
      AttentionShape shape,
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor out,
      Tensor saved,
      Tensor dOut,
      Tensor dQ,
      Tensor dK,
      Tensor dV,
      Tensor scratch) {
    ShapeChecks.attention(shape, q, k, v, dOut);
    ShapeChecks.attention(shape, dQ, dK, dV, out);
    ShapeChecks.attentionBuffer(savedShape(shape), saved);
    ShapeChecks.attentionBuffer(scratchShape(shape), scratch);
    AttentionBackward job = backward;
    job.resize(shape);
    job.q = CpuTensor.of(q);
    job.k = CpuTensor.of(k);
    job.v = CpuTensor.of(v);
    job.out = CpuTensor.of(out);
    job.probabilities = CpuTensor.of(saved);
    job.dOut = CpuTensor.of(dOut);
    job.betaQ = CpuTensor.beta(dQ);
    job.dQ = CpuTensor.overwritten(dQ);
    job.betaK = CpuTensor.beta(dK);
    job.dK = CpuTensor.overwritten(dK);
    job.betaV = CpuTensor.beta(dV);
    job.dV = CpuTensor.overwritten(dV);
    job.dScores = CpuTensor.overwritten(scratch);
    pool.run(shape.sequences() * shape.heads(), job);
  }
}
