package io.evenkeel.analytics.signal;

import org.jspecify.annotations.Nullable;

/** A token-weighted mean over the ranks that report a figure. A single rank's figure is exact. */
final class WeightedMean {

  private int count;
  private double single;
  private double sum;
  private double weights;
  private double plain;

  /** Adds a figure; null is left out. */
  void add(@Nullable Double figure, long weight) {
    if (figure == null) {
      return;
    }
    count++;
    single = figure;
    plain += figure;
    sum += weight * figure;
    weights += weight;
  }

  /** The mean; unweighted when no rank has a token; null when no rank reports the figure. */
  @Nullable Double value() {
    if (count == 0) {
      return null;
    }
    if (count == 1) {
      return single;
    }
    return weights > 0 ? sum / weights : plain / count;
  }
}
