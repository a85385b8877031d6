package io.evenkeel.analytics.signal;

import org.jspecify.annotations.Nullable;

/**
 * The sums of one MoE layer over the ranks that report it.
 *
 * @param layer index of the layer
 * @param head what all ranks share
 * @param tokens tokens of the ranks
 * @param load T_i [E]
 * @param probabilitySums sum_t R_ti [E]
 * @param gradientTokens tokens of the ranks that measured both gradients at P
 * @param lmGradP token-summed gradient of L_LM [E]; empty if no rank measured both
 * @param lbGradP token-summed gradient of L_LB [E]; empty likewise
 * @param lmGradZSumSquares over the ranks that measured both; null if none did
 * @param lbGradZSumSquares likewise
 * @param loadBalanceLoss token-weighted mean; null if no rank reports it
 * @param routerZSum sum_t logsumexp(z_t)^2
 * @param routerLogitMaxAbs largest |z|
 * @param tokenEntropySum sum_t H(R_t), nats
 * @param ffnExpertsSum sum_t n_t
 * @param ffnExpertsSumSquares sum_t n_t^2
 * @param expertOutputCosine token-weighted mean; null if not measured
 * @param top1Churn likewise
 * @param ffnSumVariance likewise
 * @param gammaEmpirical likewise
 */
record MergedLayer(
    int layer,
    LayerHead head,
    long tokens,
    long[] load,
    double[] probabilitySums,
    long gradientTokens,
    double[] lmGradP,
    double[] lbGradP,
    @Nullable Double lmGradZSumSquares,
    @Nullable Double lbGradZSumSquares,
    @Nullable Double loadBalanceLoss,
    double routerZSum,
    double routerLogitMaxAbs,
    double tokenEntropySum,
    double ffnExpertsSum,
    double ffnExpertsSumSquares,
    @Nullable Double expertOutputCosine,
    @Nullable Double top1Churn,
    @Nullable Double ffnSumVariance,
    @Nullable Double gammaEmpirical) {}
