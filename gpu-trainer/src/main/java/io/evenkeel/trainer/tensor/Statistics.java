package io.evenkeel.trainer.tensor;

/**
 * Handle of a small vector of double-precision sums and counts, kept where the backend computes.
 * Operations write at an offset; the host reads the whole vector once a step, so that a device is
 * asked for one small copy only.
 */
public interface Statistics {
  /** Number of entries. */
  int size();
}
