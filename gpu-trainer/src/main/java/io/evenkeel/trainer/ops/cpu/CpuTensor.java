package io.evenkeel.trainer.ops.cpu;

import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;
import java.util.Arrays;

/**
 * Floats on the Java heap; native code reads them in place. Zeros are written late: an operation
 * that adds to a tensor of pending zeros overwrites it instead, and saves two passes.
 */
final class CpuTensor implements Tensor {
  private final Shape shape;
  private final float[] data;
  private boolean zerosPending;

  CpuTensor(Shape shape) {
    this.shape = shape;
    this.data = new float[shape.size()];
  }

  @Override
  public Shape shape() {
    return shape;
  }

  /** The elements, to read or to change. */
  static float[] of(Tensor tensor) {
    CpuTensor cpu = cast(tensor);
    if (cpu.zerosPending) {
      Arrays.fill(cpu.data, 0);
      cpu.zerosPending = false;
    }
    return cpu.data;
  }

  /** The elements for a caller that writes every one of them and reads none. */
  static float[] overwritten(Tensor tensor) {
    CpuTensor cpu = cast(tensor);
    cpu.zerosPending = false;
    return cpu.data;
  }

  /**
   * What a caller who then writes every element of {@link #overwritten} must multiply the present
   * ones by when it adds: 0 where zeros are pending, and then it must not read them.
   */
  static float beta(Tensor tensor) {
    return cast(tensor).zerosPending ? 0 : 1;
  }

  /** All elements are 0 from now on. */
  static void zero(Tensor tensor) {
    cast(tensor).zerosPending = true;
  }

  private static CpuTensor cast(Tensor tensor) {
    if (tensor instanceof CpuTensor cpu) {
      return cpu;
    }
    throw new IllegalArgumentException("not a tensor of the cpu backend: " + tensor.getClass());
  }
}
