package io.evenkeel.trainer.ops;

final class CpuPlainLoopsTest extends TensorOpsContract {
  private final TensorOps ops = io.evenkeel.trainer.ops.cpu.CpuTensorOps.withPlainLoops(2);

  @Override
  protected TensorOps ops() {
    return ops;
  }
}
