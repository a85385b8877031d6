package io.evenkeel.bench.detection.peer;

import io.evenkeel.bench.detection.Series;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * OLMo-core's {@code SkipStepOptimizer} (allenai/OLMo-core, {@code
 * src/olmo_core/optim/skip_step_optimizer.py}, Apache-2.0): from the 64th loss on, a step is
 * skipped unless loss and gradient norm both lie within six standard deviations above the mean of
 * the up to 128 values before. A value that is no number is never within, nor is any other while
 * one lies in the window.
 */
final class SkipStep implements PeerRule {
  private static final int WINDOW = 128;
  private static final double SIGMAS = 6;

  @Override
  public String name() {
    return "olmo-core-skip-step";
  }

  @Override
  public List<Integer> hits(Series series) {
    Deque<Double> losses = new ArrayDeque<>();
    Deque<Double> norms = new ArrayDeque<>();
    List<Integer> hits = new ArrayList<>();
    for (int i = 0; i < series.size(); i++) {
      double loss = series.loss(i);
      double norm = series.gradientNorm(i);
      if (Series.absent(loss)) {
        continue;
      }
      boolean armed = losses.size() + 1 >= Math.max(2, WINDOW / 2);
      boolean calm = within(loss, losses) && (Series.absent(norm) || within(norm, norms));
      if (armed && !calm) {
        hits.add(i);
      }
      push(losses, loss);
      if (!Series.absent(norm)) {
        push(norms, norm);
      }
    }
    return hits;
  }

  /** With the standard deviation of a sample, as {@code torch.std_mean} takes it. */
  private static boolean within(double value, Deque<Double> before) {
    double mean = 0;
    for (double each : before) {
      mean += each / before.size();
    }
    double squares = 0;
    for (double each : before) {
      squares += (each - mean) * (each - mean);
    }
    return value - mean <= SIGMAS * Math.sqrt(squares / (before.size() - 1));
  }

  private static void push(Deque<Double> window, double value) {
    window.addLast(value);
    if (window.size() > WINDOW) {
      window.removeFirst();
    }
  }
}
