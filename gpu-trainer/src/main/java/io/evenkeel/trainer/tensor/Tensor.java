package io.evenkeel.trainer.tensor;

/**
 * Handle of a row-major tensor of floating-point numbers; the backend that made it owns the
 * storage.
 */
public interface Tensor {
  /** Its shape, which never changes. */
  Shape shape();
}
