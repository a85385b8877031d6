package io.evenkeel.trainer.ops;

final class CpuTensorOpsTest extends TensorOpsContract {
  private final TensorOps ops = io.evenkeel.trainer.ops.cpu.CpuTensorOps.create(2);

  @Override
  protected TensorOps ops() {
    return ops;
  }
}
