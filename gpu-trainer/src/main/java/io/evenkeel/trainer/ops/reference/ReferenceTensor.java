package io.evenkeel.trainer.ops.reference;

import io.evenkeel.trainer.tensor.Shape;
import io.evenkeel.trainer.tensor.Tensor;

/** Doubles on the Java heap. */
final class ReferenceTensor implements Tensor {
  private final Shape shape;
  private final double[] data;

  ReferenceTensor(Shape shape) {
    this.shape = shape;
    this.data = new double[shape.size()];
  }

  @Override
  public Shape shape() {
    return shape;
  }

  static double[] of(Tensor tensor) {
    if (tensor instanceof ReferenceTensor reference) {
      return reference.data;
    }
    throw new IllegalArgumentException("not a reference tensor: " + tensor.getClass());
  }
}
