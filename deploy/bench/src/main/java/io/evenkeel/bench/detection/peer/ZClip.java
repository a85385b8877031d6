package io.evenkeel.bench.detection.peer;

import io.evenkeel.bench.detection.Series;
import java.util.ArrayList;
import java.util.List;

/**
 * ZClip (Kumar et al. 2025, arXiv 2504.02507; bluorion-com/ZClip, {@code zclip.py}) as it is by
 * default: mean and variance of the gradient norm are exponential averages (0.97), begun with 25
 * steps; a norm more than 2.5 standard deviations above the mean is clipped to {@code mean + 2.5^2
 * std / z}, and it is that value which enters the averages. A norm that is not finite is left out:
 * published as it is, it would end the rule for good.
 */
final class ZClip implements PeerRule {
  private static final double KEEP = 0.97;
  private static final double THRESHOLD = 2.5;
  private static final double EPSILON = 1e-6;
  private static final int WARM_UP = 25;

  @Override
  public String name() {
    return "zclip";
  }

  @Override
  public List<Integer> hits(Series series) {
    List<Integer> hits = new ArrayList<>();
    List<Double> first = new ArrayList<>();
    double mean = 0;
    double variance = 0;
    for (int i = 0; i < series.size(); i++) {
      double norm = series.gradientNorm(i);
      if (!Double.isFinite(norm)) {
        continue;
      }
      if (first.size() < WARM_UP) {
        first.add(norm);
        mean = first.stream().mapToDouble(v -> v).sum() / first.size();
        double center = mean;
        variance =
            first.stream().mapToDouble(v -> (v - center) * (v - center)).sum() / first.size();
        continue;
      }
      double deviation = Math.sqrt(variance);
      double score = (norm - mean) / (deviation + EPSILON);
      if (score > THRESHOLD) {
        hits.add(i);
        norm = mean + THRESHOLD * deviation / (score / THRESHOLD);
      }
      mean = KEEP * mean + (1 - KEEP) * norm;
      variance = KEEP * variance + (1 - KEEP) * (norm - mean) * (norm - mean);
    }
    return hits;
  }
}
