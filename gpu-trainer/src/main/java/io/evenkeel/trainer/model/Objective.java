package io.evenkeel.trainer.model;

import java.util.Arrays;

/**
 * Coefficients of the total loss {@code L_LM + (1/L) sum_l alpha_l L_LB(l) + lambda-weighted L_Z}.
 * FORMULAS.md section 3.
 */
public final class Objective {
  private final double[] alphas;
  private final double lambda;

  /**
   * Makes an objective.
   *
   * @param alphas load-balance coefficient of each layer [L]
   * @param lambda hidden z-loss coefficient
   */
  public Objective(double[] alphas, double lambda) {
    this.alphas = alphas.clone();
    this.lambda = lambda;
  }

  /** The same alpha in every layer. */
  public static Objective uniform(int layers, double alpha, double lambda) {
    double[] alphas = new double[layers];
    Arrays.fill(alphas, alpha);
    return new Objective(alphas, lambda);
  }

  /** The language-model loss alone. */
  public static Objective languageModel(int layers) {
    return uniform(layers, 0, 0);
  }

  /** alpha of a layer. */
  public double alpha(int layer) {
    return alphas[layer];
  }

  /** alpha/L of a layer: the coefficient of its L_LB in the total. */
  public double loadBalanceCoefficient(int layer) {
    return alphas[layer] / alphas.length;
  }

  /** lambda. */
  public double lambda() {
    return lambda;
  }

  /** L. */
  public int layers() {
    return alphas.length;
  }
}
