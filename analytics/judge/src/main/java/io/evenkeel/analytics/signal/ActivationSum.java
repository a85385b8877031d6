package io.evenkeel.analytics.signal;

import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The power sums of one layer and site over the ranks so far. Not thread-safe. */
final class ActivationSum {

  /**
   * Where activations are measured.
   *
   * @param layer index of the layer
   * @param site which tensor
   */
  record Site(int layer, ActivationSite site) implements Comparable<Site> {
    @Override
    public int compareTo(Site other) {
      int byLayer = Integer.compare(layer, other.layer);
      return byLayer != 0 ? byLayer : site.compareTo(other.site);
    }
  }

  private static final int POWERS = 4;

  private int lowestRank = Integer.MAX_VALUE;
  private double threshold;
  private long count;
  private long aboveThreshold;
  private long nonFinite;
  private double maxAbs;
  private ExactSums powers = ExactSums.ofSize(POWERS);

  /** Adds a rank's part. */
  void add(ActivationSums part, int rank) {
    if (rank < lowestRank) {
      lowestRank = rank;
      threshold = part.threshold();
    }
    count = Sums.plus(count, part.count());
    aboveThreshold = Sums.plus(aboveThreshold, part.aboveThreshold());
    nonFinite = Sums.plus(nonFinite, part.nonFinite());
    maxAbs = Math.max(maxAbs, part.maxAbs());
    powers.add(0, part.sum());
    powers.add(1, part.sumSquares());
    powers.add(2, part.sumCubes());
    powers.add(3, part.sumFourths());
  }

  /** Adds the sums of other ranks; {@code other} stays as it is. */
  void add(ActivationSum other) {
    if (other.lowestRank < lowestRank) {
      lowestRank = other.lowestRank;
      threshold = other.threshold;
    }
    count = Sums.plus(count, other.count);
    aboveThreshold = Sums.plus(aboveThreshold, other.aboveThreshold);
    nonFinite = Sums.plus(nonFinite, other.nonFinite);
    maxAbs = Math.max(maxAbs, other.maxAbs);
    powers.add(other.powers);
  }

  /** The ranks added up. */
  ActivationSums merged(Site at) {
    return new ActivationSums(
        at.layer(),
        at.site(),
        count,
        powers.get(0),
        powers.get(1),
        powers.get(2),
        powers.get(3),
        maxAbs,
        aboveThreshold,
        threshold,
        nonFinite);
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(lowestRank);
    out.writeDouble(threshold);
    out.writeLong(count);
    out.writeLong(aboveThreshold);
    out.writeLong(nonFinite);
    out.writeDouble(maxAbs);
    powers.write(out);
  }

  static ActivationSum read(DataInput in) throws IOException {
    ActivationSum sum = new ActivationSum();
    sum.lowestRank = in.readInt();
    sum.threshold = in.readDouble();
    sum.count = in.readLong();
    sum.aboveThreshold = in.readLong();
    sum.nonFinite = in.readLong();
    sum.maxAbs = in.readDouble();
    sum.powers = ExactSums.read(in);
    return sum;
  }
}
