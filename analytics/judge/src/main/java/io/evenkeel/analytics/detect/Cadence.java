package io.evenkeel.analytics.detect;

import io.evenkeel.analytics.signal.Medians;
import java.util.ArrayList;
import java.util.List;

/**
 * How often a series is observed, told from the steps of its observations: windows count
 * observations, and a log may hold every 5th or every 200th step. A gap of more than {@value
 * #RESUME_GAPS} usual ones is a resume: what comes after it is compared with nothing for {@value
 * #SETTLING} observations, since caches are cold and data differ. Immutable; lives in the first
 * {@value #NUMBERS} numbers of a {@link Memory}.
 *
 * @param lastStep step of the newest observation
 * @param sinceResume observations since the last resume, capped; the cap where there was none
 * @param gaps between the last observations, in steps, oldest first
 */
record Cadence(long lastStep, int sinceResume, List<Double> gaps) {

  /** Numbers that a cadence takes. */
  static final int NUMBERS = 11;

  private static final int GAPS_AT = 2;
  private static final int GAPS = NUMBERS - GAPS_AT;
  private static final int RESUME_GAPS = 20;
  private static final int LEAST_GAPS = 3;
  private static final int SETTLING = 3;
  private static final int LONG_AGO = 1_000_000;
  private static final double NO_GAP = -1;

  /** The cadence after one more observation. */
  static Cadence next(Memory memory, long step) {
    if (memory.numbers() < NUMBERS) {
      return new Cadence(step, LONG_AGO, List.of());
    }
    List<Double> gaps = gaps(memory);
    double gap = step - memory.number(0, step);
    boolean resumed = gaps.size() >= LEAST_GAPS && gap > RESUME_GAPS * usual(gaps);
    int since = (int) memory.number(1, LONG_AGO);
    if (gaps.size() == GAPS) {
      gaps.remove(0);
    }
    gaps.add(gap);
    return new Cadence(step, resumed ? 0 : Math.min(LONG_AGO, since + 1), gaps);
  }

  /** Steps from one observation to the next as {@code memory} has them; 1 where it has none. */
  static double stride(Memory memory) {
    List<Double> gaps = memory.numbers() < NUMBERS ? List.of() : gaps(memory);
    return gaps.isEmpty() ? 1 : Math.max(1, usual(gaps));
  }

  /** Steps from one observation to the next, usually; 1 where not known yet. */
  double stride() {
    return gaps.isEmpty() ? 1 : Math.max(1, usual(gaps));
  }

  private static List<Double> gaps(Memory memory) {
    List<Double> gaps = new ArrayList<>(GAPS + 1);
    for (int i = GAPS_AT; i < NUMBERS; i++) {
      double gap = memory.number(i, NO_GAP);
      if (gap > 0) {
        gaps.add(gap);
      }
    }
    return gaps;
  }

  /** The median; most often all gaps are the same. */
  private static double usual(List<Double> gaps) {
    double first = gaps.get(0);
    for (double gap : gaps) {
      if (gap != first) {
        return Medians.median(gaps.stream().mapToDouble(Double::doubleValue).toArray());
      }
    }
    return first;
  }

  /** Whether this is one of the first observations after a resume. */
  boolean settling() {
    return sinceResume < SETTLING;
  }

  /** The numbers of this cadence, and after them {@code others}. */
  double[] with(double... others) {
    double[] numbers = new double[NUMBERS + others.length];
    numbers[0] = lastStep;
    numbers[1] = sinceResume;
    for (int i = 0; i < GAPS; i++) {
      numbers[GAPS_AT + i] = i < gaps.size() ? gaps.get(i) : NO_GAP;
    }
    System.arraycopy(others, 0, numbers, NUMBERS, others.length);
    return numbers;
  }
}
