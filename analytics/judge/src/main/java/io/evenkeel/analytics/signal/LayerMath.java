package io.evenkeel.analytics.signal;

import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.MoeShape;
import org.jspecify.annotations.Nullable;

/** Signals of one MoE layer from its sums. */
final class LayerMath {

  private LayerMath() {}

  /**
   * The signals of {@code layer} (FORMULAS sections 4 and 5).
   *
   * @param shape shape of the model; null if unknown: every expert then counts as an FFN expert
   */
  static LayerSignals signals(MergedLayer layer, @Nullable MoeShape shape) {
    LayerHead head = layer.head();
    int experts = layer.load().length;
    int ffn = shape == null ? experts : Math.min(shape.ffnExperts(), experts);
    int selected = shape == null ? 0 : shape.topK();
    double target = shape == null ? Double.NaN : shape.ffnExpertsTarget();
    double tokens = layer.tokens();
    double[] probabilities = new double[experts];
    for (int i = 0; i < experts; i++) {
      probabilities[i] = layer.probabilitySums()[i] / tokens;
    }
    double[] probabilitiesSent = head.probabilitiesSent() ? probabilities : new double[0];
    double entropy = entropy(probabilities);
    double tokenEntropy = layer.tokenEntropySum() / tokens;
    double logExperts = Math.log(experts);
    double ffnMean = layer.ffnExpertsSum() / tokens;
    double ffnVariance = layer.ffnExpertsSumSquares() / tokens - ffnMean * ffnMean;
    Double lmNorm = norm(layer.lmGradP(), layer.gradientTokens());
    Double lbNorm = norm(layer.lbGradP(), layer.gradientTokens());
    double coefficient = head.loadBalanceCoefficient();
    return new LayerSignals(
        layer.layer(),
        // Of the sums rather than the means: the token count cancels, and one rounding less.
        lmNorm == null
            ? null
            : ratio(coefficient, Sums.norm(layer.lbGradP()), Sums.norm(layer.lmGradP())),
        lmNorm,
        lbNorm,
        logitRatio(coefficient, layer),
        head.gradientMethod(),
        head.routerCosineAll(),
        head.routerCosineFfn(),
        ExpertLoads.of(layer.load()),
        ExpertVector.of(probabilitiesSent),
        layer.loadBalanceLoss(),
        maxViolation(layer.load(), ffn),
        coefficientOfVariation(layer.load(), ffn),
        deadExperts(layer.load(), ffn),
        entropy,
        experts > 1 ? entropy / logExperts : 0,
        tokenEntropy,
        experts > 1 ? tokenEntropy / logExperts : 0,
        entropy - tokenEntropy,
        ffnMean,
        Math.sqrt(Math.max(0, ffnVariance)),
        Math.abs(ffnMean - target) / target,
        zeroLoad(layer.load(), ffn) / (tokens * selected),
        layer.routerZSum() / tokens,
        layer.routerLogitMaxAbs(),
        // Of the lowest rank: where ranks disagree about the experts it is none's.
        head.selectionBias().size() == experts ? head.selectionBias() : ExpertVector.EMPTY,
        layer.expertOutputCosine(),
        layer.top1Churn(),
        layer.ffnSumVariance(),
        layer.gammaEmpirical(),
        target,
        ffn);
  }

  private static @Nullable Double norm(double[] tokenSummed, long tokens) {
    return tokenSummed.length == 0 ? null : Double.valueOf(Sums.norm(tokenSummed) / tokens);
  }

  private static @Nullable Double logitRatio(double coefficient, MergedLayer layer) {
    Double lm = layer.lmGradZSumSquares();
    Double lb = layer.lbGradZSumSquares();
    return lm == null || lb == null
        ? null
        : Double.valueOf(ratio(coefficient, Math.sqrt(lb), Math.sqrt(lm)));
  }

  /** A weight of zero makes the ratio zero even where neither loss has a gradient. */
  private static double ratio(double coefficient, double lbNorm, double lmNorm) {
    double scaled = coefficient * lbNorm;
    return scaled == 0 ? 0 : scaled / lmNorm;
  }

  /**
   * Imbalance of expert load: largest over mean, minus one (MaxVio). Source: Wang et al. 2024,
   * "Auxiliary-Loss-Free Load Balancing".
   *
   * @param load tokens [E] routed to each expert, each &gt;= 0
   * @param ffn the first so many are FFN experts, the only ones that count
   * @return &gt;= 0; 0 when all FFN experts carry the same load, or none carries any
   */
  static double maxViolation(long[] load, int ffn) {
    double total = 0;
    long largest = 0;
    for (int i = 0; i < ffn; i++) {
      total += load[i];
      largest = Math.max(largest, load[i]);
    }
    return total == 0 ? 0 : largest / (total / ffn) - 1;
  }

  /** Standard deviation over mean of the FFN experts' loads, population; 0 without load. */
  static double coefficientOfVariation(long[] load, int ffn) {
    double total = 0;
    for (int i = 0; i < ffn; i++) {
      total += load[i];
    }
    if (total == 0) {
      return 0;
    }
    double mean = total / ffn;
    double squares = 0;
    for (int i = 0; i < ffn; i++) {
      squares += (load[i] - mean) * (load[i] - mean);
    }
    return Math.sqrt(squares / ffn) / mean;
  }

  private static int deadExperts(long[] load, int ffn) {
    int dead = 0;
    for (int i = 0; i < ffn; i++) {
      dead += load[i] == 0 ? 1 : 0;
    }
    return dead;
  }

  private static double zeroLoad(long[] load, int ffn) {
    double total = 0;
    for (int i = ffn; i < load.length; i++) {
      total += load[i];
    }
    return total;
  }

  /** H(P) = -sum P ln P, nats; 0 ln 0 = 0. */
  static double entropy(double[] probabilities) {
    double entropy = 0;
    for (double p : probabilities) {
      entropy -= p == 0 ? 0 : p * Math.log(p);
    }
    return entropy;
  }
}
