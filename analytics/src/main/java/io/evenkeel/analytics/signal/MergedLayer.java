package io.evenkeel.analytics.signal;

import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sums of one MoE layer over the ranks that report it.
 *
 * @param first the lowest rank's part, for what all ranks share
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
    MoeLayerTelemetry first,
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
    @Nullable Double gammaEmpirical) {

  /** A rank's part of the layer, with the rank's token count. */
  private record Part(MoeLayerTelemetry layer, long tokens) {}

  /**
   * Adds the parts of {@code layer} up, in the order given. Vectors that differ in length are
   * padded with zeros to the longest.
   *
   * @param ranks the step's parts in rank order; at least one holds the layer
   */
  static MergedLayer of(int layer, List<StepTelemetry> ranks) {
    List<Part> parts = new ArrayList<>(ranks.size());
    int experts = 0;
    for (StepTelemetry rank : ranks) {
      for (MoeLayerTelemetry candidate : rank.moeLayers()) {
        if (candidate.layer() == layer) {
          parts.add(new Part(candidate, rank.tokens()));
          experts = Math.max(experts, candidate.experts());
          break;
        }
      }
    }
    long tokens = 0;
    long gradientTokens = 0;
    long[] load = new long[experts];
    double[] probabilitySums = new double[experts];
    double[] lmGradP = new double[0];
    double[] lbGradP = new double[0];
    Double lmGradZ = null;
    Double lbGradZ = null;
    double routerZ = 0;
    double logitMax = 0;
    double entropy = 0;
    double ffn = 0;
    double ffnSquares = 0;
    for (Part part : parts) {
      MoeLayerTelemetry l = part.layer();
      tokens = Sums.plus(tokens, part.tokens());
      for (int i = 0; i < l.load().size(); i++) {
        load[i] = Sums.plus(load[i], l.load().get(i));
      }
      Sums.add(probabilitySums, l.probabilitySums());
      if (l.lmGradP().size() > 0 && l.lbGradP().size() > 0) {
        gradientTokens = Sums.plus(gradientTokens, part.tokens());
        lmGradP = lmGradP.length == 0 ? new double[experts] : lmGradP;
        lbGradP = lbGradP.length == 0 ? new double[experts] : lbGradP;
        Sums.add(lmGradP, l.lmGradP());
        Sums.add(lbGradP, l.lbGradP());
      }
      Double lmZ = l.lmGradZSumSquares();
      Double lbZ = l.lbGradZSumSquares();
      if (lmZ != null && lbZ != null) {
        lmGradZ = (lmGradZ == null ? 0 : lmGradZ) + lmZ;
        lbGradZ = (lbGradZ == null ? 0 : lbGradZ) + lbZ;
      }
      routerZ += l.routerZSum();
      logitMax = Math.max(logitMax, l.routerLogitMaxAbs());
      entropy += l.tokenEntropySum();
      ffn += l.ffnExpertsSum();
      ffnSquares += l.ffnExpertsSumSquares();
    }
    return new MergedLayer(
        parts.get(0).layer(),
        tokens,
        load,
        probabilitySums,
        gradientTokens,
        lmGradP,
        lbGradP,
        lmGradZ,
        lbGradZ,
        mean(parts, MoeLayerTelemetry::loadBalanceLoss),
        routerZ,
        logitMax,
        entropy,
        ffn,
        ffnSquares,
        mean(parts, MoeLayerTelemetry::expertOutputCosine),
        mean(parts, MoeLayerTelemetry::top1Churn),
        mean(parts, MoeLayerTelemetry::ffnSumVariance),
        mean(parts, MoeLayerTelemetry::gammaEmpirical));
  }

  private static @Nullable Double mean(
      List<Part> parts, Function<MoeLayerTelemetry, @Nullable Double> figure) {
    WeightedMean mean = new WeightedMean();
    for (Part part : parts) {
      mean.add(figure.apply(part.layer()), part.tokens());
    }
    return mean.value();
  }
}
