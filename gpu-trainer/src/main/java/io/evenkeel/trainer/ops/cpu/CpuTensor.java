package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

/** Floats on the Java heap; native code reads them in place. */
final class CpuTensor implements Tensor {
  private final Shape shape;
  private final float[] data;

  CpuTensor(Shape shape) {
    this.shape = shape;
    this.data = new float[shape.size()];
  }

  @Override
  public Shape shape() {
    return shape;
  }

  static float[] of(Tensor tensor) {
    if (tensor instanceof CpuTensor cpu) {
      return cpu.data;
    }
    throw new IllegalArgumentException("not a tensor of the cpu backend: " + tensor.getClass());
  }
}
