package io.evenkeel.trainer.ops.host;

import io.evenkeel.trainer.tensor.Statistics;

/** Statistics on the Java heap. */
public final class HostStatistics implements Statistics {
  private final double[] data;

  /** Zeros, at least one. */
  public HostStatistics(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("needs at least one entry, not " + size);
    }
    this.data = new double[size];
  }

  @Override
  public int size() {
    return data.length;
  }

  /** The storage of statistics of this backend family; IllegalArgumentException for a stranger. */
  public static double[] of(Statistics statistics) {
    if (statistics instanceof HostStatistics host) {
      return host.data;
    }
    throw new IllegalArgumentException("not of this backend: " + statistics.getClass());
  }
}
