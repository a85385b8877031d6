package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.ops.LossOps;
import io.evenkeel.trainer.ops.ShapeChecks;
import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Statistics;
import io.evenkeel.trainer.tensor.Tensor;

/** cross_entropy.cu, hidden_z.cu. */
final class CudaLosses implements LossOps {
  private static final int BLOCK = 256;

  private final CudaRuntime runtime;
  private final CudaReduction reduction;
  private final CudaKernel crossEntropyForward;
  private final CudaKernel crossEntropyBackward;
  private final CudaKernel hiddenZForward;
  private final CudaKernel hiddenZBackward;

  CudaLosses(CudaRuntime runtime) {
    this.runtime = runtime;
    reduction = new CudaReduction(runtime);
    crossEntropyForward = runtime.kernel("cross_entropy_forward");
    crossEntropyBackward = runtime.kernel("cross_entropy_backward");
    hiddenZForward = runtime.kernel("hidden_z_forward");
    hiddenZBackward = runtime.kernel("hidden_z_backward");
  }

  @Override
  public void crossEntropyForward(
      Tensor logits, IndexTensor targets, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.crossEntropy(logits, targets, logSumExp);
    ShapeChecks.room(into, at, 1);
    int rows = logits.shape().rows();
    CudaBuffer losses = runtime.workspace(CudaReduction.bytes(rows, 1));
    crossEntropyForward
        .grid(rows)
        .block(BLOCK)
        .tensor(logits)
        .indices(targets)
        .tensor(logSumExp)
        .device(losses)
        .integer(logits.shape().last())
        .launch();
    reduction.sum(losses, 0, rows, 1, into, at);
  }

  @Override
  public void crossEntropyBackward(
      Tensor logits, Tensor logSumExp, IndexTensor targets, double scale, Tensor dLogits) {
    ShapeChecks.crossEntropy(logits, targets, logSumExp);
    ShapeChecks.same("crossEntropyBackward", logits, dLogits);
    int columns = logits.shape().last();
    crossEntropyBackward
        .grid(logits.shape().rows(), CudaKernel.blocks(columns, BLOCK))
        .block(BLOCK)
        .tensor(logits)
        .tensor(logSumExp)
        .indices(targets)
        .real(scale)
        .tensor(dLogits)
        .integer(columns)
        .launch();
  }

  @Override
  public void hiddenZForward(Tensor x, Tensor logSumExp, Statistics into, int at) {
    ShapeChecks.hiddenZ(x, logSumExp);
    ShapeChecks.room(into, at, 1);
    int rows = x.shape().rows();
    CudaBuffer squares = runtime.workspace(CudaReduction.bytes(rows, 1));
    hiddenZForward
        .grid(rows)
        .block(BLOCK)
        .tensor(x)
        .tensor(logSumExp)
        .device(squares)
        .integer(x.shape().last())
        .launch();
    reduction.sum(squares, 0, rows, 1, into, at);
  }

  @Override
  public void hiddenZBackward(Tensor x, Tensor logSumExp, double scale, Tensor dX) {
    ShapeChecks.hiddenZ(x, logSumExp);
    ShapeChecks.same("hiddenZBackward", x, dX);
    int columns = x.shape().last();
    hiddenZBackward
        .grid(x.shape().rows(), CudaKernel.blocks(columns, BLOCK))
        .block(BLOCK)
        .tensor(x)
        .tensor(logSumExp)
        .real(scale)
        .tensor(dX)
        .integer(columns)
        .launch();
  }
}
