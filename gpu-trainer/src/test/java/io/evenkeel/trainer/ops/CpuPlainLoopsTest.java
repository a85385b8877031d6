package io.evenkeel.trainer.ops;

final class CpuPlainLoopsTest extends TensorOpsContract {
  private final TensorOps ops = io.evenkeel.trainer.ops.cpu.CpuTensorOps.withPlainLoops();

  @Override
  protected TensorOps ops() {
    return ops;
  }
}
