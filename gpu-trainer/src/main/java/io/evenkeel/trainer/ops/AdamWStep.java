package io.evenkeel.trainer.ops;

/**
 * One AdamW update of all tensors. FORMULAS.md section 6.
 *
 * @param learningRate of this step
 * @param beta1 in [0, 1)
 * @param beta2 in [0, 1)
 * @param epsilon added outside the root, at least 0
 * @param weightDecay of tensors that decay
 * @param clip largest global gradient norm; 0 or less switches clipping off
 * @param updates t = number of updates including this one, at least 1
 */
public record AdamWStep(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double clip,
    long updates) {
  private static final double NORM_GUARD = 1e-6;

  /** 1 - beta1^t. */
  public double biasCorrection1() {
    return 1 - Math.pow(beta1, updates);
  }

  /** 1 - beta2^t. */
  public double biasCorrection2() {
    return 1 - Math.pow(beta2, updates);
  }

  /**
   * min(1, clip/(norm + 1e-6)), the PyTorch convention; 1 when clipping is off; NaN when the norm
   * is.
   *
   * @param squares of all gradients together
   */
  public double clipCoefficient(double squares) {
    return clip > 0 ? Math.min(1, clip / (Math.sqrt(squares) + NORM_GUARD)) : 1;
  }
}
