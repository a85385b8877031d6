package io.evenkeel.trainer.ops;

final class CpuTensorOpsTest extends TensorOpsContract {
  private final TensorOps ops = io.evenkeel.trainer.ops.cpu.CpuTensorOps.create(1);

  @Override
  protected TensorOps ops() {
    return ops;
  }
}
