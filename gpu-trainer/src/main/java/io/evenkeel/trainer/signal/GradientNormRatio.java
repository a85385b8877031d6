package io.evenkeel.trainer.signal;

import io.evenkeel.trainer.layer.LayerStatistics;

/**
 * Gradient-norm ratio of load-balance loss to language-model loss at one layer's router.
 * FORMULAS.md section 4 (R_g) and 5 (R_z).
 *
 * @param lmGradientNorm ||sum_t dL_LM/dR_t||
 * @param lbGradientNorm ||f||, unscaled
 * @param ratio R_g = coefficient * lb / lm
 * @param lmLogitGradientNorm Frobenius norm of dL_LM/dz
 * @param lbLogitGradientNorm Frobenius norm of dL_LB/dz, unscaled
 * @param logitRatio R_z
 */
public record GradientNormRatio(
    double lmGradientNorm,
    double lbGradientNorm,
    double ratio,
    double lmLogitGradientNorm,
    double lbLogitGradientNorm,
    double logitRatio) {
  /**
   * From a layer's sums.
   *
   * @param coefficient alpha/L of this layer
   */
  public static GradientNormRatio of(LayerStatistics sums, double coefficient) {
    double lm = norm(sums.lmGradientP());
    double lb = norm(sums.lbGradientP());
    double lmLogit = Math.sqrt(sums.lmGradientZSquares());
    double lbLogit = Math.sqrt(sums.lbGradientZSquares());
    return new GradientNormRatio(
        lm, lb, coefficient * lb / lm, lmLogit, lbLogit, coefficient * lbLogit / lmLogit);
  }

  private static double norm(double[] vector) {
    double squares = 0;
    for (double value : vector) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}
