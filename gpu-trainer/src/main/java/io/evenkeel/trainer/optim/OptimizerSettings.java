package io.evenkeel.trainer.optim;

/**
 * Settings of AdamW and of the bias update.
 *
 * @param learningRate at least 0
 * @param beta1 in [0, 1)
 * @param beta2 in [0, 1)
 * @param epsilon at least 0
 * @param weightDecay at least 0; on tensors of rank 2 and more
 * @param clip largest global gradient norm; 0 or less switches clipping off
 * @param mu0 step of the selection bias at step 0
 * @param muDecay factor of mu per step, in (0, 1]
 */
public record OptimizerSettings(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double clip,
    double mu0,
    double muDecay) {
  /** Checks the ranges. */
  public OptimizerSettings {
    boolean valid =
        learningRate >= 0
            && beta1 >= 0
            && beta1 < 1
            && beta2 >= 0
            && beta2 < 1
            && epsilon >= 0
            && weightDecay >= 0
            && Double.isFinite(clip)
            && mu0 >= 0
            && muDecay > 0
            && muDecay <= 1;
    if (!valid) {
      throw new IllegalArgumentException(
          "needs learningRate, epsilon, weightDecay, mu0 >= 0; beta1, beta2 in [0,1); clip finite; muDecay in (0,1]");
    }
  }

  /** mu_s = mu0 * mu_decay^s. */
  public double mu(long step) {
    return mu0 * Math.pow(muDecay, step);
  }
}
