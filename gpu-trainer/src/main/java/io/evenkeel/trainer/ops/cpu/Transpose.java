package io.evenkeel.trainer.ops.cpu;

/** Whether a matrix enters a product as it lies or transposed. */
enum Transpose {
  NO,
  YES
}
