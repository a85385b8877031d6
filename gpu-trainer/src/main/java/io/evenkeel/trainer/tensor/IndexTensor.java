package io.evenkeel.trainer.tensor;

/** Handle of a row-major tensor of 32-bit integers: tokens, selections, routing plans. */
public interface IndexTensor {
  /** Its shape, which never changes. */
  Shape shape();
}
