package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.Baseline;
import io.evenkeel.analytics.signal.Medians;
import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A loss that goes up for good, in three ways: it stays above the 128 losses before (see {@link
 * LossLevel}), unless the data explain it; it rises so slowly that these rise with it, which shows
 * in the medians of blocks of {@value #BLOCK} losses, the newest against the lowest; or it passes
 * twice the largest loss ever seen, which counts as {@value #BLOWN_UP} at once. Above 3 robust
 * standard deviations warns, above 10 is critical. One bad batch is none of these.
 */
final class DivergenceDetector implements Detector {

  private static final int BLOCK = 64;

  /** Medians of the newest {@value #BLOCK} losses are taken every so many. */
  private static final int EVERY = 16;

  private static final int TO_BLOCK_BEFORE = BLOCK / EVERY;
  private static final int MEDIANS = 32 * TO_BLOCK_BEFORE;
  private static final int LEAST_MEDIANS = 5 * TO_BLOCK_BEFORE + 1;

  /** Of the newest {@value #TURNS} turns from block to block, those that must lead upwards. */
  private static final int UPWARD = 3;

  private static final int TURNS = 4;

  /** What these must lead up in all, in scales: three times what chance does. */
  private static final double LEAST_TURN = 0.6;

  /** A loss swells and ebbs over thousands of steps: slow rises count for so much less. */
  private static final double SWELL = 1.5;

  private static final int BLOW_UP_ARMED = 10;
  private static final double BLOW_UP = 2;

  /** One loss alone must be so far up where every step is observed: a batch of noise is not. */
  private static final double BLOW_UP_ALONE = 3;

  private static final double BLOWN_UP = 20;

  private static final int MEDIANS_AT = 3;
  private static final int LARGEST_AT = LossLevel.numbers();

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.DIVERGENCE;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        2,
        10,
        Level.of(Severity.WARNING, LossLevel.RISEN, 1, 1),
        Level.of(Severity.CRITICAL, 10, 1, 1));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    return LossLevel.observe(signals);
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    double loss = observation.figure(0);
    LossLevel level = LossLevel.next(memory, observation);
    // Blocks of other data are no measure.
    SampleWindow medians =
        level.ofData() ? SampleWindow.ofCapacity(MEDIANS) : memory.window(MEDIANS_AT, MEDIANS);
    SampleWindow losses = level.memory().window();
    if ((memory.observations() + 1) % EVERY == 0 && losses.size() >= BLOCK) {
      medians = medians.with(Medians.median(losses.newest(BLOCK)));
    }
    double largest = memory.number(LARGEST_AT, Double.NEGATIVE_INFINITY);
    double before = memory.number(LARGEST_AT + 1, 0);
    double least = Math.min(memory.number(LARGEST_AT + 2, Double.POSITIVE_INFINITY), loss);
    boolean armed = memory.observations() >= BLOW_UP_ARMED && least > 0;
    boolean sparse = Cadence.stride(level.memory()) > 1;
    boolean blownUp =
        armed
            && loss > BLOW_UP * largest
            && (sparse || loss > BLOW_UP_ALONE * largest || before > BLOW_UP * largest);
    // What has blown up, or may be one batch of noise, does not become the largest.
    boolean wild = armed && before > BLOW_UP * largest;
    double settled = wild ? largest : Math.max(largest, before);
    double lasting = level.ofData() ? Math.min(0, level.rise()) : level.rise();
    double value = blownUp ? BLOWN_UP : larger(lasting, creeping(medians, losses));
    return Judgement.of(remember(level, medians, settled, loss, least), value);
  }

  private static double larger(double a, double b) {
    return Double.isNaN(a) || b > a ? b : a;
  }

  /** The newest medians over the lowest, in scales; 0 unless they lead upwards; NaN early. */
  private static double creeping(SampleWindow blocks, SampleWindow losses) {
    if (blocks.size() < LEAST_MEDIANS) {
      return Double.NaN;
    }
    double[] medians = blocks.toArray();
    int last = medians.length - 1;
    int upward = 0;
    for (int i = 0; i < TURNS; i++) {
      int newer = last - i * TO_BLOCK_BEFORE;
      upward += medians[newer] > medians[newer - TO_BLOCK_BEFORE] ? 1 : 0;
    }
    double lowest = medians[0];
    for (double median : medians) {
      lowest = Math.min(lowest, median);
    }
    if (upward < UPWARD) {
      return 0;
    }
    double[] all = losses.toArray();
    double[] newest = Baseline.levelled(losses.newest(BLOCK));
    // Whether losses wander by themselves shows before the rise: in it all of them do.
    double[] older = Arrays.copyOf(all, all.length - BLOCK);
    double weight = Math.min(LossLevel.weight(newest), LossLevel.weight(older));
    double scale = Baseline.of(newest).scale() / weight;
    if (medians[last] - medians[last - TURNS * TO_BLOCK_BEFORE] < LEAST_TURN * scale) {
      return 0;
    }
    return (Math.min(medians[last], medians[last - 1]) - lowest) / (SWELL * scale);
  }

  private static Memory remember(LossLevel level, SampleWindow medians, double... figures) {
    Memory memory = level.memory();
    List<SampleWindow> windows = new ArrayList<>();
    for (int i = 0; i < MEDIANS_AT; i++) {
      windows.add(memory.window(i));
    }
    windows.add(medians);
    double[] numbers = new double[LARGEST_AT + figures.length];
    for (int i = 0; i < LARGEST_AT; i++) {
      numbers[i] = memory.number(i, 0);
    }
    System.arraycopy(figures, 0, numbers, LARGEST_AT, figures.length);
    return memory.with(windows, numbers);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return value == BLOWN_UP
        ? String.format(
            Locale.ROOT, "The loss of %s is more than twice the largest seen before.", scope)
        : String.format(
            Locale.ROOT,
            "The loss of %s goes up and stays up: %.1f robust standard deviations above where it"
                + " was (limit %.0f).",
            scope,
            value,
            threshold);
  }
}
