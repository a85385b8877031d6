package io.evenkeel.contract.signal;

import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Signals of one MoE layer (FORMULAS sections 4 and 5), after the merge of ranks.
 *
 * @param layer index of the layer
 * @param gradientNormRatio R_g = (alpha/L) ||grad_P L_LB|| / ||grad_P L_LM||; null if not measured
 * @param lmGradientNorm ||grad_P L_LM||
 * @param lbGradientNorm ||grad_P L_LB||, unscaled
 * @param logitGradientRatio R_z, the same ratio at the logits, Frobenius norms
 * @param gradientMethod how L_LM's gradient was had
 * @param routerCosineAll mean signed cosine of router rows
 * @param routerCosineFfn the same, FFN rows
 * @param load T_i [N+Z]
 * @param probabilities P_i [N+Z]
 * @param loadBalanceLoss unscaled L_LB
 * @param maxViolation max over mean of FFN loads, minus 1; 0 without FFN load
 * @param coefficientOfVariation std over mean of FFN loads
 * @param deadExperts FFN experts without a token
 * @param entropyOfMean H(P), nats
 * @param entropyOfMeanNormalised H(P) / ln(N+Z)
 * @param tokenEntropyMean mean_t H(R_t), nats
 * @param tokenEntropyNormalised that / ln(N+Z)
 * @param softMutualInformation H(P) - mean_t H(R_t), nats
 * @param ffnExpertsMean mean FFN experts per token
 * @param ffnExpertsStd its standard deviation
 * @param ffnExpertsRelativeError |mean - K_e| / K_e
 * @param zeroShare share of selections that went to zero experts
 * @param routerZ mean_t logsumexp(z_t)^2
 * @param routerLogitMaxAbs largest |z|
 * @param selectionBias b [N+Z]
 * @param expertOutputCosine see telemetry
 * @param top1Churn see telemetry
 * @param ffnSumVariance see telemetry
 * @param gammaEmpirical see telemetry
 * @param ffnExpertsTarget K_e
 * @param ffnExperts N
 */
public record LayerSignals(
    int layer,
    @Nullable Double gradientNormRatio,
    @Nullable Double lmGradientNorm,
    @Nullable Double lbGradientNorm,
    @Nullable Double logitGradientRatio,
    GradientMethod gradientMethod,
    @Nullable Double routerCosineAll,
    @Nullable Double routerCosineFfn,
    ExpertLoads load,
    ExpertVector probabilities,
    @Nullable Double loadBalanceLoss,
    double maxViolation,
    double coefficientOfVariation,
    int deadExperts,
    double entropyOfMean,
    double entropyOfMeanNormalised,
    double tokenEntropyMean,
    double tokenEntropyNormalised,
    double softMutualInformation,
    double ffnExpertsMean,
    double ffnExpertsStd,
    double ffnExpertsRelativeError,
    double zeroShare,
    double routerZ,
    double routerLogitMaxAbs,
    ExpertVector selectionBias,
    @Nullable Double expertOutputCosine,
    @Nullable Double top1Churn,
    @Nullable Double ffnSumVariance,
    @Nullable Double gammaEmpirical,
    double ffnExpertsTarget,
    int ffnExperts) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public LayerSignals {
    Check.notNegative("layer", layer);
    Objects.requireNonNull(gradientMethod, "gradientMethod");
    Objects.requireNonNull(load, "load");
    Objects.requireNonNull(probabilities, "probabilities");
    Check.notNegative("deadExperts", deadExperts);
    Objects.requireNonNull(selectionBias, "selectionBias");
    Check.notNegative("ffnExperts", ffnExperts);
    for (ExpertVector vector : List.of(probabilities, selectionBias)) {
      Check.that(
          vector.size() == 0 || vector.size() == load.size(),
          "vectors over experts differ in length");
    }
  }
}
