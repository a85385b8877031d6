package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.Medians;
import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.Arrays;
import java.util.List;

/**
 * A loss that has stopped falling. At the start: the losses 150 to 200 lie less than 2 % below the
 * first 60 losses, until they do. Later: the median of the newest 8 of {@value #BLOCKS} blocks of
 * {@value #BLOCK} losses has fallen less than a tenth of what the 8 blocks in the middle fell
 * before them, where a curve of training keeps a third or more. The value is above 1 in both, which
 * informs: late in training nothing else is to be expected.
 *
 * <p>A run that has learnt nothing warns, with the value {@value #NOTHING_LEARNT}: by loss 200 it
 * has not fallen by 0.5 %, or by step {@value #LONG_RUN} not by 2 %; it began at {@value
 * #LEAST_UNTRAINED} nats or more, as a model that knows nothing does (ln V); and its noise is below
 * 2 %, as such a model loses nearly the same on any batch. A model that is trained already and is
 * trained on, whose loss hardly falls either, begins lower.
 */
final class PlateauDetector implements Detector {

  private static final int BLOCK = 64;
  private static final int BLOCKS = 24;
  private static final int PART = BLOCKS / 3;
  private static final double NOISES = 4;
  private static final double SLOWED = 0.9;

  private static final int EARLY_FROM = 10;
  private static final int EARLY = 50;
  private static final int COLD_START = 200;
  private static final double LEARNT = 0.98;
  private static final double PRECISE = 0.005;

  /** The value of a loss that rises; more than informs would be another rule's to say. */
  private static final double MOST = 2;

  private static final double NOTHING_LEARNT = 3;
  private static final double FALLEN = 0.995;
  private static final long LONG_RUN = 1_000;
  private static final double VERY_PRECISE = 0.003;
  private static final double LEAST_UNTRAINED = 4;

  /** The standard error of a median of n, in interquartile ranges over sqrt(n). */
  private static final double ERROR_OF_MEDIAN = 1.2533 / 1.349;

  /** 0 while not known, 1 while nothing is learnt, 2 once something is. */
  private static final int LEARNING_AT = Cadence.NUMBERS;

  private static final int EARLY_MEDIAN_AT = LEARNING_AT + 1;
  private static final int FIRST_STEP_AT = LEARNING_AT + 2;
  private static final int SLOWING_AT = LEARNING_AT + 3;
  private static final double NOT_YET = -1;

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.PLATEAU;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        0.99, 10, Level.of(Severity.INFO, 1, 1, 1), Level.of(Severity.WARNING, MOST, 1, 1));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    Double loss = signals.losses().languageModel();
    return loss == null ? List.of() : List.of(Observation.of(RUN, loss, signals.key().step()));
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    long seen = memory.observations() + 1;
    Cadence cadence = Cadence.next(memory, (long) observation.figure(1));
    SampleWindow losses = memory.window(0, BLOCK).with(observation.figure(0));
    SampleWindow blocks = memory.window(1, BLOCKS);
    double slowing = memory.number(SLOWING_AT, NOT_YET);
    if (seen % BLOCK == 0) {
      blocks = blocks.with(Medians.median(losses.toArray()));
      slowing = blocks.full() ? slowing(blocks, losses) : NOT_YET;
    }
    double learning = memory.number(LEARNING_AT, 0);
    double early = memory.number(EARLY_MEDIAN_AT, 0);
    double first = memory.number(FIRST_STEP_AT, observation.figure(1));
    if (seen == EARLY_FROM) {
      early = losses.median();
    } else if (seen == EARLY_FROM + EARLY) {
      early = Math.max(early, Medians.median(losses.newest(EARLY)));
    }
    double level = 0;
    if (seen == COLD_START || learning == 1) {
      level = Math.min(MOST, Medians.median(losses.newest(EARLY)) / early / LEARNT);
    }
    if (seen == COLD_START) {
      double[] newest = losses.newest(EARLY);
      boolean cold = first <= 2 * cadence.stride() && early > 0;
      learning = cold && level > 1 && error(newest) < PRECISE * early ? 1 : 2;
    } else if (learning == 1 && level <= 1) {
      learning = 2;
    }
    Memory next =
        memory.next(List.of(losses, blocks), cadence.with(learning, early, first, slowing));
    if (learning == 1) {
      double steps = observation.figure(1) - first;
      return Judgement.of(next, Math.max(level, nothingLearnt(losses, early, steps)));
    }
    return slowing == NOT_YET ? Judgement.notYet(next) : Judgement.of(next, slowing);
  }

  /** {@value #NOTHING_LEARNT} where it is beyond doubt that nothing was learnt, else 0. */
  private static double nothingLearnt(SampleWindow losses, double early, double steps) {
    double[] newest = losses.newest(EARLY);
    boolean beyondDoubt =
        early >= LEAST_UNTRAINED
            && error(newest) < VERY_PRECISE * early
            && (steps >= LONG_RUN || Medians.median(newest) > FALLEN * early);
    return beyondDoubt ? NOTHING_LEARNT : 0;
  }

  /** How much of the fall is gone, over the share that may be; 0 where there was no clear fall. */
  private static double slowing(SampleWindow blocks, SampleWindow losses) {
    double[] medians = blocks.toArray();
    double start = Medians.median(Arrays.copyOf(medians, PART));
    double middle = Medians.median(Arrays.copyOfRange(medians, PART, 2 * PART));
    double end = Medians.median(Arrays.copyOfRange(medians, 2 * PART, BLOCKS));
    double fall = start - middle;
    return fall > NOISES * error(losses.toArray()) && fall > 0
        ? Math.max(0, Math.min(MOST, (1 - (middle - end) / fall) / SLOWED))
        : 0;
  }

  private static double error(double[] sample) {
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return ERROR_OF_MEDIAN * (sorted[n * 3 / 4] - sorted[n / 4]) / Math.sqrt(n);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return value == NOTHING_LEARNT
        ? "The loss of " + scope + " is where it began: nothing has been learnt."
        : "The loss of " + scope + " no longer falls.";
  }
}
