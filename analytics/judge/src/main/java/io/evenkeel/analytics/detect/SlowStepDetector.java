package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.Baseline;
import io.evenkeel.analytics.signal.SampleWindow;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A step's time over the median of the 128 before it: 1.3 informs, 2 warns, 3 in three of the last
 * five steps is critical. The first {@value #WARM_UP} steps compile, and those after a resume read
 * cold files: they do not count. A step as slow as {@value #HABIT} others in the last {@value
 * #HABIT_SPAN} observations is a habit of the run, a checkpoint or an evaluation, and only informs.
 */
final class SlowStepDetector implements Detector {

  private static final int WINDOW = 128;
  private static final int WARM_UP = 10;
  private static final double LEAST_SCORE = 8;
  private static final double LEAST_EXCESS = 0.2;
  private static final double PAGES_ABOVE = 2;

  private static final int HABIT = 4;
  private static final int HABIT_SPAN = 2_000;
  private static final double AS_SLOW = 0.7;
  private static final int APART = 3;

  /** Of an interval, that two of them may differ by in a rhythm. */
  private static final double OFF_BEAT = 0.02;

  /** Slow steps remembered, as pairs of when and how slow. */
  private static final int SLOW_STEPS = 32;

  private static final int SLOW_AT = Cadence.NUMBERS;

  private record SlowStep(long at, double excess) {}

  @Override
  public BuiltInRule rule() {
    return BuiltInRule.SLOW_STEP;
  }

  @Override
  public RuleSettings defaults() {
    return RuleSettings.builtIn(
        1.2,
        5,
        Level.of(Severity.INFO, 1.3, 1, 1),
        Level.of(Severity.WARNING, PAGES_ABOVE, 1, 1),
        Level.of(Severity.CRITICAL, 3, 3, 5));
  }

  @Override
  public List<Observation> observe(StepSignals signals) {
    return StepTimes.observe(signals);
  }

  @Override
  public Judgement judge(Memory memory, Observation observation) {
    Cadence cadence = Cadence.next(memory, (long) observation.figure(StepTimes.STEP));
    SampleWindow times = memory.window(0, WINDOW);
    SampleWindow tokens = memory.window(1, WINDOW);
    List<SlowStep> slow = slowSteps(memory);
    if (cadence.settling()) {
      return Judgement.notYet(memory.next(List.of(times, tokens), numbers(cadence, slow)));
    }
    double time = observation.figure(StepTimes.TIME);
    double batch = StepTimes.tokens(observation);
    List<SampleWindow> next = List.of(times.with(time), tokens.with(batch));
    if (memory.observations() < WARM_UP || times.size() < WARM_UP - 2) {
      return Judgement.notYet(memory.next(next, numbers(cadence, slow)));
    }
    double value = 1;
    // Most steps are within the clear limit of the median, which need not be known then.
    if (2 * times.countFrom(time / (1 + LEAST_EXCESS)) <= times.size()) {
      Baseline before = Baseline.of(times.toArray());
      double explained = StepTimes.explained(time, batch, tokens.median());
      double ratio = explained / before.median();
      boolean stands = before.score(explained) >= LEAST_SCORE && ratio - 1 > LEAST_EXCESS;
      value = stands ? ratio : Math.min(ratio, 1 + LEAST_EXCESS);
      if (stands) {
        long now = memory.observations();
        value = isHabit(slow, now, ratio - 1) ? Math.min(value, PAGES_ABOVE) : value;
        slow.add(new SlowStep(now, ratio - 1));
      }
    }
    return Judgement.of(memory.next(next, numbers(cadence, slow)), value);
  }

  /**
   * Whether steps as slow come now and then: separate ones, so that a long stall is one. Three in a
   * strict rhythm are a habit already.
   */
  private static boolean isHabit(List<SlowStep> slow, long now, double excess) {
    List<Long> separate = new ArrayList<>();
    for (SlowStep step : slow) {
      if (step.at() >= now - HABIT_SPAN && step.excess() >= AS_SLOW * excess) {
        if (separate.isEmpty() || step.at() - separate.get(separate.size() - 1) > APART) {
          separate.add(step.at());
        } else {
          separate.set(separate.size() - 1, step.at());
        }
      }
    }
    int count = separate.size();
    if (count < 2 || count >= HABIT) {
      return count >= HABIT;
    }
    long interval = now - separate.get(count - 1);
    long before = separate.get(count - 1) - separate.get(count - 2);
    return interval > APART && Math.abs(interval - before) <= Math.max(1, OFF_BEAT * before);
  }

  private static List<SlowStep> slowSteps(Memory memory) {
    List<SlowStep> slow = new ArrayList<>();
    for (int i = SLOW_AT; i + 1 < memory.numbers(); i += 2) {
      slow.add(new SlowStep((long) memory.number(i, 0), memory.number(i + 1, 0)));
    }
    return slow;
  }

  private static double[] numbers(Cadence cadence, List<SlowStep> slow) {
    List<SlowStep> kept = slow.subList(Math.max(0, slow.size() - SLOW_STEPS), slow.size());
    double[] numbers = new double[2 * kept.size()];
    for (int i = 0; i < kept.size(); i++) {
      numbers[2 * i] = kept.get(i).at();
      numbers[2 * i + 1] = kept.get(i).excess();
    }
    return cadence.with(numbers);
  }

  @Override
  public String summary(String scope, double value, double threshold, Memory memory) {
    return String.format(
        Locale.ROOT,
        "A step of %s took %.1f times the median of the steps before (limit %.1f).",
        scope,
        value,
        threshold);
  }
}
