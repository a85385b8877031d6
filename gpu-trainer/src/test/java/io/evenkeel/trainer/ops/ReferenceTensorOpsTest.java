package io.evenkeel.trainer.ops;

final class ReferenceTensorOpsTest extends TensorOpsContract {
  private final TensorOps ops = new io.evenkeel.trainer.ops.reference.ReferenceTensorOps();

  @Override
  protected TensorOps ops() {
    return ops;
  }
}
