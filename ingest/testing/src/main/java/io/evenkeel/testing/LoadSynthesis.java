package io.evenkeel.testing;

import java.util.random.RandomGenerator;

/** Where the tokens of one rank, layer and step go: T_i and sum_t R_ti. */
record LoadSynthesis(long[] load, double[] probabilitySums) {

  /** Standard deviation of the experts' mean logits. */
  private static final double PREFERENCE = 0.6;

  /** What a healthy router's mean probabilities lack of the greatest entropy, nats. */
  private static final double LEAST_DEFICIT = 0.125;

  private static final double LARGEST_DEFICIT = 0.33;

  /**
   * Routes.
   *
   * @param fixed the same for all steps and ranks of the layer: the experts' popularity
   * @param noise differs by step and rank
   */
  static LoadSynthesis route(
      TrainingRuns settings, long step, int layer, RandomGenerator fixed, RandomGenerator noise) {
    int n = settings.ffnExperts;
    double[] popularity = standardised(fixed, settings.experts());
    double[] preference = preference(fixed, settings.experts());
    double[] weight = new double[settings.experts()];
    double[] probability = new double[settings.experts()];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = Math.exp(0.18 * popularity[i] + 0.08 * bounded(noise));
      probability[i] = Math.exp(PREFERENCE * preference[i] + 0.05 * bounded(noise));
    }
    if (step >= settings.imbalanceFrom) {
      favour(weight, n, Math.min(0.999, (1 + settings.imbalance) / n));
    }
    if (step >= settings.deadFrom && layer == settings.deadLayer) {
      weight[settings.deadExpert] = 0;
      probability[settings.deadExpert] *= 0.05;
    }
    long selections = (long) settings.tokensPerRank * settings.topK;
    double ffnMean =
        settings.zeroExperts == 0
            ? settings.topK
            : settings.ffnExpertsTarget * (1 + 0.03 * bounded(noise));
    long ffn = Math.min(selections, Math.round(settings.tokensPerRank * ffnMean));
    long[] load = new long[weight.length];
    share(ffn, weight, 0, n, load);
    share(selections - ffn, weight, n, weight.length, load);
    double sum = 0;
    for (double p : probability) {
      sum += p;
    }
    for (int i = 0; i < probability.length; i++) {
      probability[i] *= settings.tokensPerRank / sum;
    }
    return new LoadSynthesis(load, probability);
  }

  /** Normal, cut at two standard deviations, so that healthy values stay in their range. */
  static double bounded(RandomGenerator random) {
    return Math.max(-2, Math.min(2, random.nextGaussian()));
  }

  /** Skewed draws of the same deviation have another entropy: what is not healthy is drawn anew. */
  private static double[] preference(RandomGenerator random, int n) {
    double[] drawn = standardised(random, n);
    double deficit = deficit(drawn);
    while (n > 1 && (deficit < LEAST_DEFICIT || deficit > LARGEST_DEFICIT)) {
      drawn = standardised(random, n);
      deficit = deficit(drawn);
    }
    return drawn;
  }

  private static double deficit(double[] preference) {
    double sum = 0;
    for (double x : preference) {
      sum += Math.exp(PREFERENCE * x);
    }
    double entropy = 0;
    for (double x : preference) {
      double share = Math.exp(PREFERENCE * x) / sum;
      entropy -= share * Math.log(share);
    }
    return Math.log(preference.length) - entropy;
  }

  /** Draws of mean 0 and standard deviation 1 exactly: each seed is as healthy as the next. */
  private static double[] standardised(RandomGenerator random, int n) {
    double[] drawn = new double[n];
    double mean = 0;
    for (int i = 0; i < n; i++) {
      drawn[i] = random.nextGaussian();
      mean += drawn[i] / n;
    }
    double variance = 0;
    for (double x : drawn) {
      variance += (x - mean) * (x - mean) / n;
    }
    for (int i = 0; i < n; i++) {
      drawn[i] = variance == 0 ? 0 : (drawn[i] - mean) / Math.sqrt(variance);
    }
    return drawn;
  }

  /** Gives the first of {@code n} weights the share {@code share} of their sum. */
  private static void favour(double[] weight, int n, double share) {
    double others = 0;
    for (int i = 1; i < n; i++) {
      others += weight[i];
    }
    weight[0] = others * share / (1 - share);
  }

  /** Shares {@code total} out by weight, exactly. */
  private static void share(long total, double[] weight, int from, int to, long[] load) {
    double remainingWeight = 0;
    for (int i = from; i < to; i++) {
      remainingWeight += weight[i];
    }
    long remaining = total;
    for (int i = from; i < to && remainingWeight > 0; i++) {
      load[i] = Math.round(remaining * Math.min(1, weight[i] / remainingWeight));
      remaining -= load[i];
      remainingWeight -= weight[i];
    }
  }
}
