package io.evenkeel.analytics.signal;

import org.jspecify.annotations.Nullable;

/**
 * A figure of the lowest rank that reports it.
 *
 * @param <T> an immutable figure
 */
final class Lowest<T> {

  /** The rank where none has reported. */
  static final int NOBODY = Integer.MAX_VALUE;

  private int rank = NOBODY;
  private @Nullable T value;

  /** Takes note of what a rank reports; null is nothing. */
  void offer(int reporter, @Nullable T figure) {
    if (figure != null && reporter < rank) {
      rank = reporter;
      value = figure;
    }
  }

  /** Takes note of what other ranks have reported. */
  void offer(Lowest<T> other) {
    offer(other.rank, other.value);
  }

  /** The lowest rank that has reported it; {@link #NOBODY} if none has. */
  int rank() {
    return rank;
  }

  /** The figure; null if no rank has reported it. */
  @Nullable T value() {
    return value;
  }
}
