package io.evenkeel.analytics.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Minimum and maximum of a series of unknown length, in at most {@value #MOST} buckets of as many
 * values each: when there would be more, two become one. No value is lost to a reader who draws
 * both ends of every bucket. For one thread.
 */
public final class Envelope {
  /** Buckets at most; even. */
  public static final int MOST = 1_024;

  private final List<Bucket> buckets = new ArrayList<>();
  private long most = 1;
  private long inLast;

  /**
   * Values of a range of steps.
   *
   * @param firstStep first step with a value
   * @param lastStep last step with a value
   * @param minimum least value
   * @param maximum largest value
   */
  public record Bucket(long firstStep, long lastStep, double minimum, double maximum) {

    private Bucket with(Bucket other) {
      return new Bucket(
          Math.min(firstStep, other.firstStep),
          Math.max(lastStep, other.lastStep),
          Math.min(minimum, other.minimum),
          Math.max(maximum, other.maximum));
    }
  }

  /**
   * Adds the value of a step.
   *
   * @param value not NaN
   */
  public void add(long step, double value) {
    Bucket next = new Bucket(step, step, value, value);
    if (buckets.isEmpty() || inLast == most) {
      if (buckets.size() == MOST) {
        halve();
      }
      buckets.add(next);
      inLast = 1;
    } else {
      buckets.set(buckets.size() - 1, buckets.get(buckets.size() - 1).with(next));
      inLast++;
    }
  }

  /** In the order in which they came. */
  public List<Bucket> buckets() {
    return List.copyOf(buckets);
  }

  // Called when the last is full: all are full before, and after.
  private void halve() {
    List<Bucket> narrow = List.copyOf(buckets);
    buckets.clear();
    for (int i = 0; i < narrow.size(); i += 2) {
      buckets.add(narrow.get(i).with(narrow.get(i + 1)));
    }
    most *= 2;
  }
}
