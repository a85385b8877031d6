package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.AttentionOps;
import io.evenkeel.trainer.ops.AttentionShape;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

/** attention.cu, rope.cu. Keeps log-sum-exp [B,H,S] alone: there is no [S,S] matrix in memory. */
final class CudaAttention implements AttentionOps {
  /** Positions a block owns. */
  private static final int TILE = 64;

  private static final int THREADS = 256;
  private static final int DOT_ROWS = 4;
  private static final int DOT_THREADS = 128;

  private final CudaKernel rope;
  private final CudaKernel dots;
  private final Kernels narrow;
  private final Kernels middle;
  private final Kernels wide;

  CudaAttention(CudaRuntime runtime) {
    rope = runtime.kernel("rope");
    dots = runtime.kernel("attention_dots");
    narrow = Kernels.of(runtime, 32);
    middle = Kernels.of(runtime, 64);
    wide = Kernels.of(runtime, 128);
  }

  /** The kernels whose blocks sum that many columns of a head. */
  private record Kernels(
      int columns, CudaKernel forward, CudaKernel backwardQuery, CudaKernel backwardKey) {
    static Kernels of(CudaRuntime runtime, int columns) {
      return new Kernels(
          columns,
          runtime.kernel("attention_forward_" + columns),
          runtime.kernel("attention_backward_query_" + columns),
          runtime.kernel("attention_backward_key_" + columns));
    }

    CudaKernel begin(CudaKernel kernel, AttentionShape shape) {
      return kernel
          .grid(
              CudaKernel.blocks(shape.length(), TILE),
              shape.sequences() * shape.heads(),
              CudaKernel.blocks(shape.headWidth(), columns))
          .block(THREADS);
    }
  }

  private Kernels kernelsFor(AttentionShape shape) {
    if (shape.headWidth() <= narrow.columns()) {
      return narrow;
    }
    return shape.headWidth() <= middle.columns() ? middle : wide;
  }

  @Override
  public void ropeForward(Tensor x, Tensor cosines, Tensor sines) {
    rotate(x, cosines, sines, 1);
  }

  @Override
  public void ropeBackward(Tensor dX, Tensor cosines, Tensor sines) {
    rotate(dX, cosines, sines, -1);
  }

  private void rotate(Tensor x, Tensor cosines, Tensor sines, double direction) {
    ShapeChecks.rope(x, cosines, sines);
    int pairs = x.shape().size() / 2;
    rope.grid(CudaKernel.blocks(pairs, THREADS))
        .block(THREADS)
        .tensor(x)
        .tensor(cosines)
        .tensor(sines)
        .integer(pairs)
        .integer(x.shape().last() / 2)
        .integer(cosines.shape().extent(0))
        .integer(cosines.shape().last())
        .real(direction)
        .launch();
  }

  @Override
  public Shape savedShape(AttentionShape shape) {
    return Shape.of(shape.sequences(), shape.heads(), shape.length());
  }

  @Override
  public Shape scratchShape(AttentionShape shape) {
    return savedShape(shape);
  }

  @Override
  public void attentionForward(
      AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor saved, Tensor out) {
    ShapeChecks.attention(shape, q, k, v, out);
    ShapeChecks.attentionBuffer(savedShape(shape), saved);
    Kernels kernels = kernelsFor(shape);
    sizes(
            kernels
                .begin(kernels.forward(), shape)
                .tensor(q)
                .tensor(k)
                .tensor(v)
                .tensor(saved)
                .tensor(out),
            shape)
        .launch();
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
    ShapeChecks.attention(shape, q, k, v, out);
    ShapeChecks.same("attention", q, dOut, dQ, dK, dV);
    ShapeChecks.attentionBuffer(savedShape(shape), saved);
    ShapeChecks.attentionBuffer(scratchShape(shape), scratch);
    int rows = scratch.shape().size();
    dots.grid(CudaKernel.blocks(rows, DOT_ROWS))
        .block(DOT_THREADS)
        .tensor(out)
        .tensor(dOut)
        .tensor(scratch)
        .integer(rows)
        .integer(shape.length())
        .integer(shape.heads())
        .integer(shape.headWidth())
        .launch();
    Kernels kernels = kernelsFor(shape);
    CudaKernel query =
        recomputing(kernels.begin(kernels.backwardQuery(), shape), q, k, v, saved, scratch, dOut);
    sizes(query.tensor(dQ), shape).launch();
    CudaKernel key =
        recomputing(kernels.begin(kernels.backwardKey(), shape), q, k, v, saved, scratch, dOut);
    sizes(key.tensor(dK).tensor(dV), shape).launch();
  }

  private static CudaKernel recomputing(
      CudaKernel kernel, Tensor q, Tensor k, Tensor v, Tensor saved, Tensor dots, Tensor dOut) {
    return kernel.tensor(q).tensor(k).tensor(v).tensor(saved).tensor(dots).tensor(dOut);
  }

  private static CudaKernel sizes(CudaKernel kernel, AttentionShape shape) {
    return kernel
        .integer(shape.length())
        .integer(shape.heads())
        .integer(shape.headWidth())
        .real(1 / Math.sqrt(shape.headWidth()));
  }
}
