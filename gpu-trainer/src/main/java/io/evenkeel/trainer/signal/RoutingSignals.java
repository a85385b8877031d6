package io.evenkeel.trainer.signal;

import io.evenkeel.trainer.layer.LayerStatistics;
import io.evenkeel.trainer.ops.RoutingShape;

/**
 * How tokens spread over experts. FORMULAS.md section 5.
 *
 * @param maxViolation max_{i&lt;N} T_i / mean_{i&lt;N} T_i - 1; 0 if no FFN load
 * @param coefficientOfVariation std/mean of T_i, i &lt; N; 0 if no FFN load
 * @param deadExperts FFN experts without a token
 * @param entropyOfMean H(P), nats
 * @param entropyOfMeanNormalised H(P) / ln(N+Z)
 * @param ffnExpertsMean mean over tokens of n_t
 * @param ffnExpertsStandardDeviation population standard deviation of n_t
 * @param zeroShare share of selections that went to zero experts
 * @param routerZ mean_t logsumexp(z_t)^2
 * @param tokenEntropyMean mean_t H(R_t), nats
 * @param tokenEntropyNormalised that / ln(N+Z)
 * @param softMutualInformation H(P) - mean_t H(R_t), nats
 */
public record RoutingSignals(
    double maxViolation,
    double coefficientOfVariation,
    int deadExperts,
    double entropyOfMean,
    double entropyOfMeanNormalised,
    double ffnExpertsMean,
    double ffnExpertsStandardDeviation,
    double zeroShare,
    double routerZ,
    double tokenEntropyMean,
    double tokenEntropyNormalised,
    double softMutualInformation) {
  /** From a layer's sums. */
  public static RoutingSignals of(LayerStatistics sums) {
    RoutingShape shape = sums.routing();
    double tokens = sums.tokens();
    double[] load = sums.load();
    double ffnLoad = 0;
    double ffnSquares = 0;
    double largest = 0;
    double zeroLoad = 0;
    int dead = 0;
    for (int i = 0; i < load.length; i++) {
      if (i < shape.ffnExperts()) {
        ffnLoad += load[i];
        ffnSquares += load[i] * load[i];
        largest = Math.max(largest, load[i]);
        dead += load[i] == 0 ? 1 : 0;
      } else {
        zeroLoad += load[i];
      }
    }
    double mean = ffnLoad / shape.ffnExperts();
    double deviation = Math.sqrt(Math.max(0, ffnSquares / shape.ffnExperts() - mean * mean));
    double entropy = entropy(sums.probabilitySums(), tokens);
    double tokenEntropy = sums.tokenEntropySum() / tokens;
    double logExperts = Math.log(shape.experts());
    double ffnMean = sums.ffnExpertsSum() / tokens;
    double ffnVariance = Math.max(0, sums.ffnExpertsSumSquares() / tokens - ffnMean * ffnMean);
    return new RoutingSignals(
        ffnLoad > 0 ? largest / mean - 1 : 0,
        ffnLoad > 0 ? deviation / mean : 0,
        dead,
        entropy,
        entropy / logExperts,
        ffnMean,
        Math.sqrt(ffnVariance),
        zeroLoad / (tokens * shape.topK()),
        sums.routerZSum() / tokens,
        tokenEntropy,
        tokenEntropy / logExperts,
        entropy - tokenEntropy);
  }

  private static double entropy(double[] probabilitySums, double tokens) {
    double entropy = 0;
    for (double sum : probabilitySums) {
      double p = sum / tokens;
      entropy -= p > 0 ? p * Math.log(p) : 0;
    }
    return entropy;
  }
}
