package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.tensor.Tensor;

/**
 * A trained tensor with its gradient.
 *
 * @param name canonical name, such as {@code layers.0.attn1.wq}
 * @param value the weights
 * @param gradient dL/d(value) of the last backward pass, of the same shape
 */
public record Parameter(String name, Tensor value, Tensor gradient) {
  /** Checks that the shapes agree. */
  public Parameter {
    if (!value.shape().equals(gradient.shape())) {
      throw new IllegalArgumentException(name + ": value and gradient differ in shape");
    }
  }
}
