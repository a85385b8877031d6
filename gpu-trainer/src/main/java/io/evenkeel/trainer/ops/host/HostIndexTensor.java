package io.evenkeel.trainer.ops.host;

import io.evenkeel.trainer.tensor.IndexTensor;
import io.evenkeel.trainer.tensor.Shape;

/** Integers on the Java heap. */
public final class HostIndexTensor implements IndexTensor {
  private final Shape shape;
  private final int[] data;

  /** Zeros of that shape. */
  public HostIndexTensor(Shape shape) {
    this.shape = shape;
    this.data = new int[shape.size()];
  }

  @Override
  public Shape shape() {
    return shape;
  }

  /** The storage itself. */
  public int[] data() {
    return data;
  }

  /** The storage of a tensor of this backend family; IllegalArgumentException for a stranger. */
  public static int[] of(IndexTensor tensor) {
    if (tensor instanceof HostIndexTensor host) {
      return host.data;
    }
    throw new IllegalArgumentException("not a tensor of this backend: " + tensor.getClass());
  }
}
