package io.evenkeel.trainer.layer;

import io.evenkeel.trainer.ops.RoutingShape;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.tensor.Statistics;
import java.util.Arrays;

/**
 * The sums of one layer over one batch: written by the backend, then read by the host in one copy.
 * Values are those of the last {@link #refresh()}.
 */
public final class LayerStatistics {
  final Statistics device;
  final LayerLayout layout;
  private final TensorMemory memory;
  private final LayerShape shape;
  private final double[] host;
  private double share = 1;

  LayerStatistics(TensorMemory memory, LayerShape shape) {
    this.memory = memory;
    this.shape = shape;
    this.layout = new LayerLayout(shape.routing());
    this.device = memory.allocateStatistics(layout.size);
    this.host = new double[layout.size];
  }

  /**
   * The backward pass that fills these sums computes this share of the batch's gradient; what they
   * tell is the whole.
   */
  void scaledBy(double shareOfGradient) {
    share = shareOfGradient;
  }

  /** Copies the figures to the host. */
  public void refresh() {
    memory.read(device, host);
  }

  /** Sizes of the router. */
  public RoutingShape routing() {
    return shape.routing();
  }

  /** T of this rank. */
  public int tokens() {
    return shape.tokens();
  }

  /** T_i, tokens routed to each expert [E]. */
  public double[] load() {
    return copy(layout.routing.load(), shape.routing().experts());
  }

  /** sum_t R_ti [E]. */
  public double[] probabilitySums() {
    return copy(layout.routing.probabilitySums(), shape.routing().experts());
  }

  /** Tokens whose selection meets each group of FFN experts [D]. */
  public double[] groupHits() {
    return copy(layout.routing.groupHits(), shape.routing().groups());
  }

  /** sum_t n_t, FFN experts selected. */
  public double ffnExpertsSum() {
    return host[layout.routing.ffnExpertsSum()];
  }

  /** sum_t n_t^2. */
  public double ffnExpertsSumSquares() {
    return host[layout.routing.ffnExpertsSumSquares()];
  }

  /** sum_t logsumexp(z_t)^2. */
  public double routerZSum() {
    return host[layout.router];
  }

  /** Largest |z|. */
  public double routerLogitMaxAbs() {
    return host[layout.router + 1];
  }

  /** sum_t H(R_t), nats. */
  public double tokenEntropySum() {
    return host[layout.router + 2];
  }

  /** NaN and infinite router logits. */
  public long routerNonFinite() {
    return (long) host[layout.router + 3];
  }

  /** Activations at a site. */
  public PowerSums activations(Site site) {
    return PowerSums.read(host, layout.activation(site), shape.tokens() * shape.width());
  }

  /** Mean signed cosine over pairs of all router rows. */
  public double routerCosineAll() {
    return host[layout.cosines];
  }

  /** The same over the first N rows. */
  public double routerCosineFfn() {
    return host[layout.cosines + 1];
  }

  /** Selection bias in force in the forward pass [E]. */
  public double[] selectionBias() {
    return copy(layout.bias, shape.routing().experts());
  }

  /** sum_t dL/dR_ti of the language-model loss, a mean over tokens [E]. */
  public double[] lmGradientP() {
    double[] gradient = copy(layout.gradientP, shape.routing().experts());
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] /= share;
    }
    return gradient;
  }

  /** Squared Frobenius norm of dL_LM/dz. */
  public double lmGradientZSquares() {
    return host[layout.gradientZ] / (share * share);
  }

  /** Squared Frobenius norm of dL_LB/dz, unscaled. */
  public double lbGradientZSquares() {
    return host[layout.balanceGradientZ];
  }

  /** f of each group [D], or [D+1] when there are zero experts. FORMULAS.md section 3. */
  public double[] groupFactors() {
    RoutingShape routing = shape.routing();
    double tokens = shape.tokens();
    double[] factors = new double[routing.groupsWithZero()];
    double[] hits = groupHits();
    for (int group = 0; group < routing.groups(); group++) {
      factors[group] = routing.groups() / (routing.ffnExpertsTarget() * tokens) * hits[group];
    }
    if (routing.zeroExperts() > 0) {
      double zeroLoad = 0;
      for (int i = routing.ffnExperts(); i < routing.experts(); i++) {
        zeroLoad += host[layout.routing.load() + i];
      }
      factors[routing.groups()] =
          zeroLoad / ((routing.topK() - routing.ffnExpertsTarget()) * tokens);
    }
    return factors;
  }

  /** sum over a group's experts of P_i, groups as in {@link #groupFactors()}. */
  public double[] groupProbabilities() {
    double[] groups = new double[shape.routing().groupsWithZero()];
    double[] sums = probabilitySums();
    for (int i = 0; i < sums.length; i++) {
      groups[shape.routing().groupOf(i)] += sums[i] / shape.tokens();
    }
    return groups;
  }

  /** sum_t dL_LB/dR_ti = f of the expert's group, unscaled [E]. */
  public double[] lbGradientP() {
    double[] factors = groupFactors();
    double[] gradient = new double[shape.routing().experts()];
    Arrays.setAll(gradient, i -> factors[shape.routing().groupOf(i)]);
    return gradient;
  }

  /** L_LB of this layer, unscaled. */
  public double loadBalanceLoss() {
    double[] factors = groupFactors();
    double[] probabilities = groupProbabilities();
    double loss = 0;
    for (int group = 0; group < factors.length; group++) {
      loss += factors[group] * probabilities[group];
    }
    return loss;
  }

  private double[] copy(int at, int length) {
    return Arrays.copyOfRange(host, at, at + length);
  }
}
