package io.evenkeel.analytics.signal;

import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sums of one MoE layer over the ranks so far. Vectors that differ in length are padded with
 * zeros to the longest. Not thread-safe.
 */
final class LayerSum {

  private static final int ROUTER_Z = 0;
  private static final int TOKEN_ENTROPY = 1;
  private static final int FFN_EXPERTS = 2;
  private static final int FFN_EXPERTS_SQUARES = 3;
  private static final int LM_GRADIENT_Z = 4;
  private static final int LB_GRADIENT_Z = 5;
  private static final int SCALARS = 6;

  private static final int LOAD_BALANCE_LOSS = 0;
  private static final int EXPERT_OUTPUT_COSINE = 1;
  private static final int TOP1_CHURN = 2;
  private static final int FFN_SUM_VARIANCE = 3;
  private static final int GAMMA_EMPIRICAL = 4;
  private static final int MEANS = 5;

  private int headRank = Integer.MAX_VALUE;
  private @Nullable LayerHead head;
  private long tokens;
  private long gradientTokens;
  private long gradientRanks;
  private long logitGradientRanks;
  private double routerLogitMaxAbs;
  private long[] load = new long[0];
  private ExactSums probabilities = ExactSums.ofSize(0);
  private ExactSums lmGradP = ExactSums.ofSize(0);
  private ExactSums lbGradP = ExactSums.ofSize(0);
  private ExactSums scalars = ExactSums.ofSize(SCALARS);
  private final ExactMean[] means = new ExactMean[MEANS];

  LayerSum() {
    Arrays.setAll(means, i -> new ExactMean());
  }

  /**
   * Adds a rank's part, of {@code rankTokens} tokens.
   *
   * @return entries of its vectors that are NaN or infinite
   */
  long add(MoeLayerTelemetry part, int rank, long rankTokens) {
    if (rank < headRank) {
      headRank = rank;
      head = LayerHead.of(part);
    }
    tokens = Sums.plus(tokens, rankTokens);
    addLoad(part.load().toArray());
    long nonFinite =
        NonFinite.count(part.selectionBias()) + probabilities.add(part.probabilitySums());
    if (part.lmGradP().size() > 0 && part.lbGradP().size() > 0) {
      gradientRanks++;
      gradientTokens = Sums.plus(gradientTokens, rankTokens);
      nonFinite += lmGradP.add(part.lmGradP()) + lbGradP.add(part.lbGradP());
    } else {
      nonFinite += NonFinite.count(part.lmGradP()) + NonFinite.count(part.lbGradP());
    }
    Double lmZ = part.lmGradZSumSquares();
    Double lbZ = part.lbGradZSumSquares();
    if (lmZ != null && lbZ != null) {
      logitGradientRanks++;
      scalars.add(LM_GRADIENT_Z, lmZ);
      scalars.add(LB_GRADIENT_Z, lbZ);
    }
    scalars.add(ROUTER_Z, part.routerZSum());
    scalars.add(TOKEN_ENTROPY, part.tokenEntropySum());
    scalars.add(FFN_EXPERTS, part.ffnExpertsSum());
    scalars.add(FFN_EXPERTS_SQUARES, part.ffnExpertsSumSquares());
    routerLogitMaxAbs = Math.max(routerLogitMaxAbs, part.routerLogitMaxAbs());
    means[LOAD_BALANCE_LOSS].add(part.loadBalanceLoss(), rankTokens);
    means[EXPERT_OUTPUT_COSINE].add(part.expertOutputCosine(), rankTokens);
    means[TOP1_CHURN].add(part.top1Churn(), rankTokens);
    means[FFN_SUM_VARIANCE].add(part.ffnSumVariance(), rankTokens);
    means[GAMMA_EMPIRICAL].add(part.gammaEmpirical(), rankTokens);
    return nonFinite;
  }

  /** Adds the sums of other ranks; {@code other} stays as it is. */
  void add(LayerSum other) {
    if (other.headRank < headRank) {
      headRank = other.headRank;
      head = other.head;
    }
    tokens = Sums.plus(tokens, other.tokens);
    gradientTokens = Sums.plus(gradientTokens, other.gradientTokens);
    gradientRanks += other.gradientRanks;
    logitGradientRanks += other.logitGradientRanks;
    routerLogitMaxAbs = Math.max(routerLogitMaxAbs, other.routerLogitMaxAbs);
    addLoad(other.load);
    probabilities.add(other.probabilities);
    lmGradP.add(other.lmGradP);
    lbGradP.add(other.lbGradP);
    scalars.add(other.scalars);
    for (int i = 0; i < MEANS; i++) {
      means[i].add(other.means[i]);
    }
  }

  private void addLoad(long[] other) {
    if (other.length > load.length) {
      load = Arrays.copyOf(load, other.length);
    }
    long overflown = 0;
    for (int i = 0; i < other.length; i++) {
      load[i] += other[i];
      overflown |= load[i];
    }
    for (int i = 0; overflown < 0 && i < other.length; i++) {
      load[i] = load[i] < 0 ? Long.MAX_VALUE : load[i];
    }
  }

  /** The layer with its ranks added up; at least one rank has been. */
  MergedLayer merged(int layer) {
    if (head == null) {
      throw new IllegalStateException("a layer without a rank");
    }
    int experts = load.length;
    // A vector that no rank sends counts as zeros, and gradients that none sends as not measured.
    probabilities.growTo(experts);
    boolean logits = logitGradientRanks > 0;
    return new MergedLayer(
        layer,
        head,
        tokens,
        load.clone(),
        probabilities.toArray(),
        gradientTokens,
        gradientRanks == 0 ? new double[0] : Arrays.copyOf(lmGradP.toArray(), experts),
        gradientRanks == 0 ? new double[0] : Arrays.copyOf(lbGradP.toArray(), experts),
        logits ? (@Nullable Double) scalars.get(LM_GRADIENT_Z) : null,
        logits ? (@Nullable Double) scalars.get(LB_GRADIENT_Z) : null,
        means[LOAD_BALANCE_LOSS].value(),
        scalars.get(ROUTER_Z),
        routerLogitMaxAbs,
        scalars.get(TOKEN_ENTROPY),
        scalars.get(FFN_EXPERTS),
        scalars.get(FFN_EXPERTS_SQUARES),
        means[EXPERT_OUTPUT_COSINE].value(),
        means[TOP1_CHURN].value(),
        means[FFN_SUM_VARIANCE].value(),
        means[GAMMA_EMPIRICAL].value());
  }

  /** A deep copy. */
  LayerSum copy() {
    LayerSum copy = new LayerSum();
    copy.add(this);
    return copy;
  }

  void write(DataOutput out) throws IOException {
    if (head == null) {
      throw new IllegalStateException("a layer without a rank");
    }
    out.writeInt(headRank);
    head.write(out);
    out.writeLong(tokens);
    out.writeLong(gradientTokens);
    out.writeLong(gradientRanks);
    out.writeLong(logitGradientRanks);
    out.writeDouble(routerLogitMaxAbs);
    out.writeInt(load.length);
    ByteBuffer loads = ByteBuffer.allocate(load.length * Long.BYTES);
    loads.asLongBuffer().put(load);
    out.write(loads.array());
    probabilities.write(out);
    lmGradP.write(out);
    lbGradP.write(out);
    scalars.write(out);
    for (ExactMean mean : means) {
      mean.write(out);
    }
  }

  static LayerSum read(DataInput in) throws IOException {
    LayerSum sum = new LayerSum();
    sum.headRank = in.readInt();
    sum.head = LayerHead.read(in);
    sum.tokens = in.readLong();
    sum.gradientTokens = in.readLong();
    sum.gradientRanks = in.readLong();
    sum.logitGradientRanks = in.readLong();
    sum.routerLogitMaxAbs = in.readDouble();
    sum.load = new long[in.readInt()];
    byte[] loads = new byte[sum.load.length * Long.BYTES];
    in.readFully(loads);
    ByteBuffer.wrap(loads).asLongBuffer().get(sum.load);
    sum.probabilities = ExactSums.read(in);
    sum.lmGradP = ExactSums.read(in);
    sum.lbGradP = ExactSums.read(in);
    sum.scalars = ExactSums.read(in);
    for (int i = 0; i < MEANS; i++) {
      sum.means[i] = ExactMean.read(in);
    }
    return sum;
  }
}
