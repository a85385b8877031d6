package io.evenkeel.analytics.signal;

import io.evenkeel.contract.telemetry.TensorTelemetry;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The shards of one tensor over the ranks so far. Not thread-safe. */
final class TensorSum {

  private int lowestRank = Integer.MAX_VALUE;
  private int place;
  private long elements;
  private long nonFinite;
  private long belowEpsilon;
  private long belowEpsilonNonzero;
  private ExactSums squares = ExactSums.ofSize(1);

  /** Adds a rank's shard, the {@code index}-th that it reports. */
  void add(TensorTelemetry shard, int rank, int index) {
    if (rank < lowestRank) {
      lowestRank = rank;
      place = index;
    }
    elements = Sums.plus(elements, shard.elements());
    nonFinite = Sums.plus(nonFinite, shard.nonFinite());
    belowEpsilon = Sums.plus(belowEpsilon, shard.belowEpsilon());
    belowEpsilonNonzero = Sums.plus(belowEpsilonNonzero, shard.belowEpsilonNonzero());
    squares.add(0, shard.sumSquares());
  }

  /** Adds the shards of other ranks; {@code other} stays as it is. */
  void add(TensorSum other) {
    if (other.lowestRank < lowestRank) {
      lowestRank = other.lowestRank;
      place = other.place;
    }
    elements = Sums.plus(elements, other.elements);
    nonFinite = Sums.plus(nonFinite, other.nonFinite);
    belowEpsilon = Sums.plus(belowEpsilon, other.belowEpsilon);
    belowEpsilonNonzero = Sums.plus(belowEpsilonNonzero, other.belowEpsilonNonzero);
    squares.add(other.squares);
  }

  /** The lowest rank that reports the tensor. */
  int lowestRank() {
    return lowestRank;
  }

  /** Where that rank reports it in its list. */
  int place() {
    return place;
  }

  /** The shards added up. */
  TensorTelemetry merged(String name) {
    return new TensorTelemetry(
        name, elements, squares.get(0), nonFinite, belowEpsilon, belowEpsilonNonzero);
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(lowestRank);
    out.writeInt(place);
    out.writeLong(elements);
    out.writeLong(nonFinite);
    out.writeLong(belowEpsilon);
    out.writeLong(belowEpsilonNonzero);
    squares.write(out);
  }

  static TensorSum read(DataInput in) throws IOException {
    TensorSum sum = new TensorSum();
    sum.lowestRank = in.readInt();
    sum.place = in.readInt();
    sum.elements = in.readLong();
    sum.nonFinite = in.readLong();
    sum.belowEpsilon = in.readLong();
    sum.belowEpsilonNonzero = in.readLong();
    sum.squares = ExactSums.read(in);
    return sum;
  }
}
