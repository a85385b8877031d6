package io.evenkeel.gym.judge;

import io.evenkeel.gym.play.Played;
import io.evenkeel.gym.play.Sample;
import io.evenkeel.gym.scenario.BandSignal;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** When a run was back in band for good. */
final class BandCheck {
  /** The median over so many samples must be in band: one odd batch is no relapse. */
  private static final int WINDOW = 15;

  private BandCheck() {}

  /**
   * Steps trained from the onset until the trailing median stays at or under a limit.
   *
   * @param onset tick
   * @return 0 if it never left; empty if it is out of band at the end, or was not measured
   */
  static OptionalLong steps(
      Played run, Played healthy, BandSignal signal, double limit, long onset) {
    List<Sample> measured =
        run.samples().stream()
            .filter(sample -> sample.tick() >= onset)
            .filter(sample -> !Double.isNaN(value(sample, healthy, signal)))
            .toList();
    if (measured.isEmpty()) {
      return OptionalLong.empty();
    }
    long back = onset;
    boolean out = false;
    for (int last = 0; last < measured.size(); last++) {
      double[] window =
          measured.subList(Math.max(0, last + 1 - WINDOW), last + 1).stream()
              .mapToDouble(sample -> value(sample, healthy, signal))
              .sorted()
              .toArray();
      out = window[window.length / 2] > limit;
      if (out) {
        back = measured.get(last).tick() + 1;
      }
    }
    return out ? OptionalLong.empty() : OptionalLong.of(back - onset);
  }

  /**
   * Whether the trailing median of a signal is above a limit at a tick.
   *
   * @return false if it was not measured
   */
  static boolean above(Played run, BandSignal signal, double limit, long tick) {
    double[] measured =
        run.samples().stream()
            .filter(sample -> sample.tick() <= tick)
            .mapToDouble(sample -> sample.signals().getOrDefault(signal, Double.NaN))
            .filter(value -> !Double.isNaN(value))
            .toArray();
    double[] window =
        Arrays.stream(measured).skip(Math.max(0, measured.length - WINDOW)).sorted().toArray();
    return window.length > 0 && window[window.length / 2] > limit;
  }

  private static double value(Sample sample, Played healthy, BandSignal signal) {
    if (signal != BandSignal.LOSS_GAP) {
      return sample.signals().getOrDefault(signal, Double.NaN);
    }
    boolean known = sample.step() < healthy.losses().size();
    double gap =
        known ? sample.loss() - healthy.losses().get(Math.toIntExact(sample.step())) : Double.NaN;
    // A loss that is no number is as far out of band as can be.
    return known && Double.isNaN(gap) ? Double.POSITIVE_INFINITY : gap;
  }

  /**
   * The first step from which on the mean loss over {@code window} steps is at least {@code nats}
   * above the healthy run's for {@code lasting} steps, or until the run ends, which may cut them
   * short down to a window.
   */
  static OptionalLong harm(Played run, Played healthy, int window, double nats, int lasting) {
    int steps = Math.min(run.losses().size(), healthy.losses().size());
    double[] gaps = new double[steps];
    Arrays.setAll(gaps, step -> run.losses().get(step) - healthy.losses().get(step));
    int since = 0;
    for (int step = window - 1; step < steps; step++) {
      double mean = Arrays.stream(gaps, step + 1 - window, step + 1).average().orElse(0);
      since = mean < nats ? 0 : since + 1;
      if (since == lasting) {
        return OptionalLong.of(step + 1L - lasting);
      }
    }
    return since >= window ? OptionalLong.of((long) steps - since) : OptionalLong.empty();
  }
}
