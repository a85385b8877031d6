package io.evenkeel.analytics.signal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A token-weighted mean over the ranks that report a figure, the same in whatever order and groups
 * they come. A single rank's figure is exact.
 */
final class ExactMean {

  private static final int WEIGHTED = 0;
  private static final int PLAIN = 1;

  private int count;
  private double single;
  private long weights;
  private @Nullable ExactSums sums;

  /** Adds a figure; null is left out. */
  void add(@Nullable Double figure, long weight) {
    if (figure == null) {
      return;
    }
    if (count == 0) {
      single = figure;
    } else {
      ExactSums both = both();
      both.add(WEIGHTED, weight * figure);
      both.add(PLAIN, figure);
    }
    count++;
    weights = Sums.plus(weights, weight);
  }

  /** Adds the figures of {@code other}, which stays as it is. */
  void add(ExactMean other) {
    if (other.count == 0) {
      return;
    }
    if (count == 0) {
      count = other.count;
      single = other.single;
      weights = other.weights;
      sums = other.sums == null ? null : other.sums.copy();
      return;
    }
    both().add(other.sums == null ? other.copy().both() : other.sums);
    count += other.count;
    weights = Sums.plus(weights, other.weights);
  }

  /** Both sums; those of a single figure are made now. */
  private ExactSums both() {
    if (sums == null) {
      sums = ExactSums.ofSize(2);
      sums.add(WEIGHTED, weights * single);
      sums.add(PLAIN, single);
    }
    return sums;
  }

  /** The mean; unweighted when no rank has a token; null when no rank reports the figure. */
  @Nullable Double value() {
    if (count == 0) {
      return null;
    }
    if (sums == null) {
      return single;
    }
    return weights > 0 ? sums.get(WEIGHTED) / weights : sums.get(PLAIN) / count;
  }

  /** A deep copy. */
  ExactMean copy() {
    ExactMean copy = new ExactMean();
    copy.count = count;
    copy.single = single;
    copy.weights = weights;
    copy.sums = sums == null ? null : sums.copy();
    return copy;
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(count);
    if (count > 0) {
      out.writeLong(weights);
      out.writeBoolean(sums != null);
      if (sums == null) {
        out.writeDouble(single);
      } else {
        sums.write(out);
      }
    }
  }

  static ExactMean read(DataInput in) throws IOException {
    ExactMean mean = new ExactMean();
    mean.count = in.readInt();
    if (mean.count > 0) {
      mean.weights = in.readLong();
      if (in.readBoolean()) {
        mean.sums = ExactSums.read(in);
      } else {
        mean.single = in.readDouble();
      }
    }
    return mean;
  }
}
