package io.evenkeel.trainer.ops;

/**
 * One AdamW update. FORMULAS.md section 6.
 *
 * @param learningRate of this step
 * @param beta1 in [0, 1)
 * @param beta2 in [0, 1)
 * @param epsilon added outside the root, at least 0
 * @param weightDecay of this tensor; 0 for gains
 * @param clipCoefficient factor of the gradient, in (0, 1] or NaN
 * @param updates t = number of updates including this one, at least 1
 */
public record AdamWStep(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double clipCoefficient,
    long updates) {
  /** 1 - beta1^t. */
  public double biasCorrection1() {
    return 1 - Math.pow(beta1, updates);
  }

  /** 1 - beta2^t. */
  public double biasCorrection2() {
    return 1 - Math.pow(beta2, updates);
  }
}
