package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

/** Floats on the device. */
record CudaTensor(Shape shape, CudaBuffer buffer) implements Tensor {
  /** IllegalArgumentException for a tensor of another backend. */
  static CudaTensor of(Tensor tensor) {
    if (tensor instanceof CudaTensor cuda) {
      return cuda;
    }
    throw new IllegalArgumentException("not a tensor of this backend: " + tensor.getClass());
  }
}
