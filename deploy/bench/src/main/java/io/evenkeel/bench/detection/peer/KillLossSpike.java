package io.evenkeel.bench.detection.peer;

import io.evenkeel.bench.detection.Series;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * LLM Foundry's {@code KillLossSpike} (mosaicml/llm-foundry, {@code
 * llmfoundry/callbacks/kill_loss_spike_callback.py}, Apache-2.0) as it is by default: once 100
 * losses are there, the fifth in a row that is at least twice their mean, or, from step 200 on,
 * half of them above 10. A comparison with what is no number is false.
 */
final class KillLossSpike implements PeerRule {
  private static final int WINDOW = 100;
  private static final double MULTIPLIER = 2;
  private static final int PATIENCE = 4;
  private static final double CAP = 10;

  @Override
  public String name() {
    return "llm-foundry-kill-loss-spike";
  }

  @Override
  public List<Integer> hits(Series series) {
    Deque<Double> window = new ArrayDeque<>();
    List<Integer> hits = new ArrayList<>();
    int outliers = 0;
    for (int i = 0; i < series.size(); i++) {
      double loss = series.loss(i);
      if (Series.absent(loss)) {
        continue;
      }
      if (window.size() == WINDOW) {
        double mean = window.stream().mapToDouble(v -> v).sum() / WINDOW;
        outliers = loss >= mean * MULTIPLIER ? outliers + 1 : 0;
        if (outliers > PATIENCE || (i >= 2 * WINDOW && manyAboveCap(window))) {
          hits.add(i);
        }
        window.removeFirst();
      }
      window.addLast(loss);
    }
    return hits;
  }

  private static boolean manyAboveCap(Deque<Double> window) {
    return 2 * window.stream().filter(v -> v > CAP).count() >= WINDOW;
  }
}
