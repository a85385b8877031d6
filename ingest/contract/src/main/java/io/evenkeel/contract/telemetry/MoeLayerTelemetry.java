package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.error.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One rank's sums over its tokens for one MoE layer. Gradients are token-summed: those of the
 * rank's mean loss times its token count, so that ranks merge by addition.
 *
 * @param layer index of the layer
 * @param loadBalanceCoefficient alpha / L, the coefficient of this layer's L_LB in the total
 * @param loadBalanceLoss unscaled L_LB of the layer; null if not reported
 * @param load T_i [N+Z], tokens routed to expert i
 * @param probabilitySums sum_t R_ti [N+Z]
 * @param lmGradP token-summed gradient of L_LM at R [N+Z]; empty if not measured
 * @param lbGradP token-summed gradient of L_LB at R [N+Z]; empty if not measured
 * @param gradientMethod how the former was had
 * @param lmGradZSumSquares sum of squares over [T, N+Z] of the token-summed gradient of L_LM at the
 *     logits
 * @param lbGradZSumSquares the same of L_LB
 * @param routerZSum sum_t logsumexp(z_t)^2
 * @param routerLogitMaxAbs largest |z|
 * @param tokenEntropySum sum_t H(R_t), nats
 * @param routerNonFinite router logits that are NaN or infinite
 * @param routerCosineAll mean signed cosine over pairs of router rows, in [-1, 1]
 * @param routerCosineFfn the same, FFN rows only
 * @param ffnExpertsSum sum over tokens of the FFN experts selected
 * @param ffnExpertsSumSquares sum over tokens of their square
 * @param selectionBias b [N+Z] in force in this step's forward; empty if none
 * @param expertOutputCosine mean cosine between FFN experts' outputs; null if not measured
 * @param top1Churn share of probe tokens whose top-1 expert changed; null if not measured
 * @param ffnSumVariance variance of the gated FFN sum before gamma
 * @param gammaEmpirical RMS(FFN1(u)) / RMS(gated FFN sum)
 */
public record MoeLayerTelemetry(
    int layer,
    double loadBalanceCoefficient,
    @Nullable Double loadBalanceLoss,
    ExpertLoads load,
    ExpertVector probabilitySums,
    ExpertVector lmGradP,
    ExpertVector lbGradP,
    GradientMethod gradientMethod,
    @Nullable Double lmGradZSumSquares,
    @Nullable Double lbGradZSumSquares,
    double routerZSum,
    double routerLogitMaxAbs,
    double tokenEntropySum,
    long routerNonFinite,
    @Nullable Double routerCosineAll,
    @Nullable Double routerCosineFfn,
    double ffnExpertsSum,
    double ffnExpertsSumSquares,
    ExpertVector selectionBias,
    @Nullable Double expertOutputCosine,
    @Nullable Double top1Churn,
    @Nullable Double ffnSumVariance,
    @Nullable Double gammaEmpirical) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public MoeLayerTelemetry {
    Check.notNegative("layer", layer);
    Objects.requireNonNull(load, "load");
    Objects.requireNonNull(probabilitySums, "probabilitySums");
    Objects.requireNonNull(lmGradP, "lmGradP");
    Objects.requireNonNull(lbGradP, "lbGradP");
    Objects.requireNonNull(gradientMethod, "gradientMethod");
    Check.notNegative("routerNonFinite", routerNonFinite);
    Objects.requireNonNull(selectionBias, "selectionBias");
    for (ExpertVector vector :
        java.util.List.of(probabilitySums, lmGradP, lbGradP, selectionBias)) {
      Check.that(
          vector.size() == 0 || vector.size() == load.size(),
          "vectors over experts differ in length");
    }
  }

  /** Length shared by the vectors over experts that are present. */
  public int experts() {
    return load.size();
  }
}
