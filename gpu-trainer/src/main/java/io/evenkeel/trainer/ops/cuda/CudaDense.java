package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.DenseOps;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Tensor;

/** elementwise.cu, embedding.cu, rms_norm.cu. */
final class CudaDense implements DenseOps {
  private static final int ELEMENTWISE_BLOCK = 256;
  private static final int ROW_BLOCK = 128;

  /** Rows of one partial sum of the gain's gradient, and the most partial sums. */
  private static final int SLICE_ROWS = 64;

  private static final int MOST_SLICES = 256;

  private final CudaRuntime runtime;
  private final CudaGemm gemm;
  private final CudaKernel add;
  private final CudaKernel siluMultiplyForward;
  private final CudaKernel siluMultiplyBackward;
  private final CudaKernel embeddingForward;
  private final CudaKernel embeddingBackward;
  private final CudaKernel rmsNormForward;
  private final CudaKernel rmsNormBackwardInput;
  private final CudaKernel rmsNormBackwardGainPartial;
  private final CudaKernel rmsNormBackwardGain;

  CudaDense(CudaRuntime runtime, GemmPrecision precision) {
    this.runtime = runtime;
    gemm = new CudaGemm(runtime, precision);
    add = runtime.kernel("add");
    siluMultiplyForward = runtime.kernel("silu_multiply_forward");
    siluMultiplyBackward = runtime.kernel("silu_multiply_backward");
    embeddingForward = runtime.kernel("embedding_forward");
    embeddingBackward = runtime.kernel("embedding_backward");
    rmsNormForward = runtime.kernel("rms_norm_forward");
    rmsNormBackwardInput = runtime.kernel("rms_norm_backward_input");
    rmsNormBackwardGainPartial = runtime.kernel("rms_norm_backward_gain_partial");
    rmsNormBackwardGain = runtime.kernel("rms_norm_backward_gain");
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    ShapeChecks.same("add", a, b, out);
    int size = out.shape().size();
    add.stride(size, ELEMENTWISE_BLOCK).tensor(a).tensor(b).tensor(out).integer(size).launch();
  }

  @Override
  public void embeddingForward(Tensor table, IndexTensor tokens, Tensor out) {
    ShapeChecks.embedding(table, tokens, out);
    embeddingForward
        .grid(tokens.shape().size())
        .block(ROW_BLOCK)
        .tensor(table)
        .indices(tokens)
        .tensor(out)
        .integer(table.shape().last())
        .launch();
  }

  @Override
  public void embeddingBackward(IndexTensor tokens, Tensor dOut, Tensor dTable) {
    ShapeChecks.embedding(dTable, tokens, dOut);
    embeddingBackward
        .grid(dTable.shape().rows())
        .block(ROW_BLOCK)
        .indices(tokens)
        .tensor(dOut)
        .tensor(dTable)
        .integer(tokens.shape().size())
        .integer(dTable.shape().last())
        .launch();
  }

  @Override
  public void rmsNormForward(Tensor x, Tensor gain, double epsilon, Tensor out, Tensor inverseRms) {
    ShapeChecks.rmsNorm(x, gain, out, inverseRms);
    rmsNormForward
        .grid(x.shape().rows())
        .block(ROW_BLOCK)
        .tensor(x)
        .tensor(gain)
        .tensor(out)
        .tensor(inverseRms)
        .integer(x.shape().last())
        .real(epsilon)
        .launch();
  }

  @Override
  public void rmsNormBackward(
      Tensor x, Tensor gain, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dGain) {
    ShapeChecks.rmsNorm(x, gain, dOut, inverseRms);
    ShapeChecks.same("rmsNormBackward", x, dX);
    ShapeChecks.same("rmsNormBackward", gain, dGain);
    int rows = x.shape().rows();
    int width = x.shape().last();
    rmsNormBackwardInput
        .grid(rows)
        .block(ROW_BLOCK)
        .tensor(x)
        .tensor(gain)
        .tensor(inverseRms)
        .tensor(dOut)
        .tensor(dX)
        .integer(width)
        .launch();
    int sliceRows = Math.max(SLICE_ROWS, CudaKernel.blocks(rows, MOST_SLICES));
    int slices = CudaKernel.blocks(rows, sliceRows);
    CudaBuffer partial = runtime.workspace((long) Float.BYTES * slices * width);
    rmsNormBackwardGainPartial
        .grid(CudaKernel.blocks(width, 32), slices)
        .block(32, 8)
        .tensor(x)
        .tensor(inverseRms)
        .tensor(dOut)
        .device(partial)
        .integer(rows)
        .integer(width)
        .integer(sliceRows)
        .launch();
    rmsNormBackwardGain
        .grid(CudaKernel.blocks(width, ROW_BLOCK))
        .block(ROW_BLOCK)
        .device(partial)
        .tensor(dGain)
        .integer(slices)
        .integer(width)
        .launch();
  }

  @Override
  public void linearForward(Tensor x, Tensor weight, Tensor y) {
    ShapeChecks.linear(x, weight, y);
    gemm.forward(x, weight, y);
  }

  @Override
  public void linearBackward(Tensor x, Tensor weight, Tensor dY, Tensor dX, Tensor dWeight) {
    ShapeChecks.linear(x, weight, dY);
    ShapeChecks.linear(dX, dWeight, dY);
    gemm.backwardInput(weight, dY, dX);
    gemm.backwardWeight(x, dY, dWeight);
  }

  @Override
  public void siluMultiplyForward(Tensor gate, Tensor up, Tensor out) {
    ShapeChecks.same("siluMultiply", gate, up, out);
    int size = out.shape().size();
    siluMultiplyForward
        .stride(size, ELEMENTWISE_BLOCK)
        .tensor(gate)
        .tensor(up)
        .tensor(out)
        .integer(size)
        .launch();
  }

  @Override
  public void siluMultiplyBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
    ShapeChecks.same("siluMultiply", gate, up, dOut, dGate, dUp);
    int size = gate.shape().size();
    siluMultiplyBackward
        .stride(size, ELEMENTWISE_BLOCK)
        .tensor(gate)
        .tensor(up)
        .tensor(dOut)
        .tensor(dGate)
        .tensor(dUp)
        .integer(size)
        .launch();
  }
}
