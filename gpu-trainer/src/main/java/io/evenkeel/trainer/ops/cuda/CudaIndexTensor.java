package io.evenkeel.trainer.ops.cuda;

import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;

/** Integers on the device. */
record CudaIndexTensor(Shape shape, CudaBuffer buffer) implements IndexTensor {
  /** IllegalArgumentException for a tensor of another backend. */
  static CudaIndexTensor of(IndexTensor tensor) {
    if (tensor instanceof CudaIndexTensor cuda) {
      return cuda;
    }
    throw new IllegalArgumentException("not a tensor of this backend: " + tensor.getClass());
  }
}
