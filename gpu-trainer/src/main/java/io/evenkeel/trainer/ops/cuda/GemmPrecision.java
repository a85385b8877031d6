package io.evenkeel.trainer.ops.cuda;

/** How matrix products are computed; sums are float in both. */
public enum GemmPrecision {
  /** Factors as they are. */
  FP32,
  /**
   * Factors rounded to 10 bits of mantissa for the tensor cores; compute capability 8.0 or newer.
   */
  TF32
}
