package io.evenkeel.trainer.data;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** How likely each domain is to give a sequence. Immutable. */
public final class Mix {
  private final double[] cumulative;
  private final boolean uniform;

  private Mix(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    boolean valid =
        weights.length > 0
            && Arrays.stream(weights).allMatch(w -> w >= 0 && Double.isFinite(w))
            && sum > 0
            && Double.isFinite(sum);
    if (!valid) {
      throw new IllegalArgumentException(
          "weights must be finite and >= 0, and one of them > 0: " + Arrays.toString(weights));
    }
    uniform = Arrays.stream(weights).allMatch(w -> w == weights[0]);
    cumulative = new double[weights.length];
    double reached = 0;
    for (int domain = 0; domain < weights.length; domain++) {
      reached += weights[domain] / sum;
      cumulative[domain] = reached;
    }
  }

  /** Every domain equally likely. */
  public static Mix uniform(int domains) {
    double[] weights = new double[domains];
    Arrays.fill(weights, 1);
    return new Mix(weights);
  }

  /**
   * In proportion to weights, one a domain, each at least 0.
   *
   * @throws IllegalArgumentException when one is negative or not finite, or all are 0
   */
  public static Mix of(List<Double> weights) {
    return new Mix(weights.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Number of domains. */
  public int domains() {
    return cumulative.length;
  }

  /** Draws a domain. */
  public int draw(RandomGenerator random) {
    if (uniform) {
      return random.nextInt(cumulative.length);
    }
    double u = random.nextDouble();
    for (int domain = 0; domain < cumulative.length; domain++) {
      if (u < cumulative[domain]) {
        return domain;
      }
    }
    return lastLikely();
  }

  /** Rounding can leave the last sum a little under 1: never a domain of weight 0. */
  private int lastLikely() {
    int domain = cumulative.length - 1;
    while (domain > 0 && cumulative[domain] == cumulative[domain - 1]) {
      domain--;
    }
    return domain;
  }
}
