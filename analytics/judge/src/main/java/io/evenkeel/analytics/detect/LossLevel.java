package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.Baseline;
import io.evenkeel.analytics.signal.Medians;
import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A loss that stays above where it was, and whether the model or the data moved it. Both rules that
 * ask look here: they must not both claim one rise, nor leave one to the other.
 *
 * <p>The rise is what {@value #MOST_HIGH} of the newest {@value #NEWEST} losses exceed, in scales
 * above the median of the 128 before those: a bad batch does not move it. It is the data's where
 * the loss jumped and then stayed level, while gradient norm and routing are as before; where it
 * goes on rising, or the gradient norm grew with it or is not known, it is the model's.
 *
 * @param rise in scales of the baseline, 0 where there is none; NaN while that is not known
 * @param ofData whether it is the data's
 * @param memory what is to be remembered
 */
record LossLevel(double rise, boolean ofData, Memory memory) {

  /** Rises above this are rises. */
  static final double RISEN = 3;

  private static final int BASELINE = 128;
  private static final int NEWEST = 16;
  private static final int MOST_HIGH = 14;
  private static final int WARM_UP = 16;
  private static final double ENDED = 2;

  /** Of the rise, that may have been there before the newest losses, and be gained since. */
  private static final double ABRUPT = 0.4;

  private static final double LEVEL = 0.4;
  private static final double QUIET_NORM = 1.5;
  private static final double QUIET_ENTROPY = 0.1;
  private static final double UNKNOWN = -1;

  private static final double LEAST_WEIGHT = 0.1;

  /** An estimate that is short of 1 by this much is chance. */
  private static final double ALMOST = 1.3;

  /** What a rise was found to be when it began. */
  private static final double NONE = 0;

  private static final double DATA = 1;
  private static final double MODEL = 2;

  private static final int KIND_AT = Cadence.NUMBERS;
  private static final int NUMBERS = KIND_AT + 2;

  /** Losses to look at: the language model's, or a user's. Figures: loss, step, norm, entropy. */
  static List<Observation> observe(StepSignals signals) {
    double step = signals.key().step();
    Double norm = signals.gradientNorm();
    double known = norm == null || !Double.isFinite(norm) ? UNKNOWN : norm;
    List<Observation> observations = new ArrayList<>();
    Double loss = signals.losses().languageModel();
    if (loss != null) {
      observations.add(Observation.of(Detector.RUN, loss, step, known, entropy(signals)));
    }
    for (ScalarSeries.Series series : ScalarSeries.losses(signals.scalars())) {
      observations.add(
          Observation.of(series.scope(), series.value(), step, known, entropy(signals)));
    }
    return observations;
  }

  /** Mean over layers of the normalised per-token entropy. */
  private static double entropy(StepSignals signals) {
    double sum = 0;
    for (LayerSignals layer : signals.layers()) {
      sum += layer.tokenEntropyNormalised();
    }
    return signals.layers().isEmpty() || !Double.isFinite(sum)
        ? UNKNOWN
        : sum / signals.layers().size();
  }

  /** The level after one more loss. */
  static LossLevel next(Memory memory, Observation observation) {
    Cadence cadence = Cadence.next(memory, (long) observation.figure(1));
    SampleWindow losses = memory.window(0, BASELINE + NEWEST).with(observation.figure(0));
    SampleWindow norms = withKnown(memory.window(1, BASELINE + NEWEST), observation.figure(2));
    SampleWindow entropies = withKnown(memory.window(2, BASELINE + NEWEST), observation.figure(3));
    double kind = memory.number(KIND_AT, NONE);
    double onset = memory.number(KIND_AT + 1, 0);
    double rise = Double.NaN;
    if (losses.size() >= NEWEST + WARM_UP && cadence.sinceResume() >= NEWEST) {
      double[] values = losses.toArray();
      double[] older = Arrays.copyOf(values, values.length - NEWEST);
      double[] newest = losses.newest(NEWEST);
      double held = held(newest);
      if (kind == NONE && mostAreAbove(held, older)) {
        return new LossLevel(
            0, false, memory.next(List.of(losses, norms, entropies), cadence.with(NONE, 0)));
      }
      Baseline before = Baseline.of(older);
      // The older half alone: the newer may hold the beginning of the rise.
      rise = before.score(held) * weight(Arrays.copyOf(older, older.length / 2));
      double level = Medians.median(losses.newest(NEWEST / 2));
      if (kind == NONE && rise > RISEN) {
        boolean data = jumped(before, older, newest) && quiet(norms, entropies);
        kind = data ? DATA : MODEL;
        onset = level;
      } else if (kind == DATA
          && (level > onset + Math.max(RISEN * before.scale(), LEVEL * (onset - before.median()))
              || !quiet(norms, entropies))) {
        kind = MODEL;
      } else if (rise < ENDED) {
        kind = NONE;
      }
    }
    return new LossLevel(
        rise,
        kind == DATA,
        memory.next(List.of(losses, norms, entropies), cadence.with(kind, onset)));
  }

  /**
   * What a rise over values such as these counts for: less where they wander by themselves, as many
   * high ones in a row are no more than one then. Values that fall do not wander.
   */
  static double weight(double[] values) {
    int half = values.length / 2;
    double fall =
        Medians.median(Arrays.copyOf(values, half))
            - Medians.median(Arrays.copyOfRange(values, half, values.length));
    if (fall > Baseline.of(values).scale()) {
      return 1;
    }
    return Math.max(LEAST_WEIGHT, Math.min(1, ALMOST * Baseline.independence(values)));
  }

  private static SampleWindow withKnown(SampleWindow window, double value) {
    return value == UNKNOWN ? window : window.with(value);
  }

  /** What the newest losses, but for the least of them, do not fall below. */
  private static double held(double[] newest) {
    double[] sorted = newest.clone();
    Arrays.sort(sorted);
    return Math.min(newest[NEWEST - 1], sorted[NEWEST - MOST_HIGH]);
  }

  /** Whether {@code value} is below the median; without sorting, as it is at nearly every step. */
  private static boolean mostAreAbove(double value, double[] values) {
    int above = 0;
    for (double other : values) {
      above += other > value ? 1 : 0;
    }
    return 2 * above > values.length;
  }

  /** Whether the loss was as before until the newest losses began, and has been level since. */
  private static boolean jumped(Baseline before, double[] older, double[] newest) {
    double rise = Medians.median(newest) - before.median();
    double tail =
        Medians.median(Arrays.copyOfRange(older, older.length - NEWEST / 2, older.length));
    double early = Medians.median(Arrays.copyOf(newest, NEWEST / 2));
    double late = Medians.median(Arrays.copyOfRange(newest, NEWEST / 2, NEWEST));
    return tail - before.median() < Math.max(before.scale(), ABRUPT * rise)
        && late - early < Math.max(before.scale(), LEVEL * rise);
  }

  private static boolean quiet(SampleWindow norms, SampleWindow entropies) {
    if (norms.size() < 2 * NEWEST) {
      return false;
    }
    double norm = Medians.median(norms.newest(NEWEST));
    double entropy = Medians.median(entropies.newest(NEWEST));
    return norm < QUIET_NORM * norms.median()
        && !(Math.abs(entropy - entropies.median()) > QUIET_ENTROPY);
  }

  /** Numbers that this takes of a memory. */
  static int numbers() {
    return NUMBERS;
  }
}
