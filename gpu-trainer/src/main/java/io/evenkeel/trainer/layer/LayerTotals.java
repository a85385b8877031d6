package io.evenkeel.trainer.layer;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The sums of one layer over all micro-batches that one rank saw in a step. Gradients are
 * <em>token-summed</em>: those of a micro-batch's mean loss times its tokens, added up, so that
 * micro-batches and ranks merge alike.
 */
public final class LayerTotals {
  private final List<LayerStatistics> parts;

  /** Of at least one micro-batch; each must have been refreshed. */
  public LayerTotals(List<LayerStatistics> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a step has at least one micro-batch");
    }
    this.parts = List.copyOf(parts);
  }

  /** Tokens of the rank in the step. */
  public long tokens() {
    return parts.stream().mapToLong(LayerStatistics::tokens).sum();
  }

  /** T_i, tokens routed to each expert [E]. */
  public double[] load() {
    return vector(LayerStatistics::load);
  }

  /** sum_t R_ti [E]. */
  public double[] probabilitySums() {
    return vector(LayerStatistics::probabilitySums);
  }

  /** Token-summed dL_LM/dR [E]. */
  public double[] lmGradientP() {
    return vector(part -> scaled(part.lmGradientP(), part.tokens()));
  }

  /** Token-summed dL_LB/dR, unscaled [E]. */
  public double[] lbGradientP() {
    return vector(part -> scaled(part.lbGradientP(), part.tokens()));
  }

  /** Sum of squares of the token-summed dL_LM/dz. */
  public double lmGradientZSquares() {
    return sum(part -> part.lmGradientZSquares() * squared(part.tokens()));
  }

  /** Sum of squares of the token-summed dL_LB/dz, unscaled. */
  public double lbGradientZSquares() {
    return sum(part -> part.lbGradientZSquares() * squared(part.tokens()));
  }

  /** L_LB, unscaled: the mean over tokens of the micro-batches'. */
  public double loadBalanceLoss() {
    return sum(part -> part.loadBalanceLoss() * part.tokens()) / tokens();
  }

  /** sum_t logsumexp(z_t)^2. */
  public double routerZSum() {
    return sum(LayerStatistics::routerZSum);
  }

  /** Largest |z|. */
  public double routerLogitMaxAbs() {
    return parts.stream().mapToDouble(LayerStatistics::routerLogitMaxAbs).max().orElse(0);
  }

  /** sum_t H(R_t), nats. */
  public double tokenEntropySum() {
    return sum(LayerStatistics::tokenEntropySum);
  }

  /** NaN and infinite router logits. */
  public long routerNonFinite() {
    return parts.stream().mapToLong(LayerStatistics::routerNonFinite).sum();
  }

  /** Mean signed cosine over pairs of all router rows: the same in every micro-batch. */
  public double routerCosineAll() {
    return parts.getLast().routerCosineAll();
  }

  /** The same over the first N rows. */
  public double routerCosineFfn() {
    return parts.getLast().routerCosineFfn();
  }

  /** Selection bias in force in the step [E]. */
  public double[] selectionBias() {
    return parts.getLast().selectionBias();
  }

  /** sum_t n_t, FFN experts selected. */
  public double ffnExpertsSum() {
    return sum(LayerStatistics::ffnExpertsSum);
  }

  /** sum_t n_t^2. */
  public double ffnExpertsSumSquares() {
    return sum(LayerStatistics::ffnExpertsSumSquares);
  }

  /** Activations at a site. */
  public PowerSums activations(Site site) {
    return parts.stream().map(part -> part.activations(site)).reduce(PowerSums::plus).orElseThrow();
  }

  private double sum(ToDoubleFunction<LayerStatistics> figure) {
    double sum = 0;
    for (LayerStatistics part : parts) {
      sum += figure.applyAsDouble(part);
    }
    return sum;
  }

  private double[] vector(Function<LayerStatistics, double[]> figure) {
    double[] sum = figure.apply(parts.getFirst());
    for (LayerStatistics part : parts.subList(1, parts.size())) {
      double[] more = figure.apply(part);
      Arrays.setAll(sum, i -> sum[i] + more[i]);
    }
    return sum;
  }

  private static double[] scaled(double[] vector, double factor) {
    Arrays.setAll(vector, i -> vector[i] * factor);
    return vector;
  }

  private static double squared(double tokens) {
    return tokens * tokens;
  }
}
