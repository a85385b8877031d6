package io.evenkeel.alerting.route;

import java.time.Duration;
import java.util.Optional;

/**
 * How often a group's receiver is told.
 *
 * @param groupWait from the first news to the first notice; zero: at once
 * @param groupInterval least time between two notices of a group; zero: every event by itself
 * @param repeatInterval after so long what still fires is told again; empty: never
 */
public record Timing(
    Duration groupWait, Duration groupInterval, Optional<Duration> repeatInterval) {

  private static final Duration LONGEST = Duration.ofDays(31);

  /** What holds where nothing is said: at once, then at most once a minute, again after 4 hours. */
  public static final Timing DEFAULT =
      new Timing(Duration.ZERO, Duration.ofMinutes(1), Optional.of(Duration.ofHours(4)));

  /** Every event by itself and at once, nothing again. */
  public static final Timing EACH = new Timing(Duration.ZERO, Duration.ZERO, Optional.empty());

  /** Validates. */
  public Timing {
    check("group_wait", groupWait);
    check("group_interval", groupInterval);
    if (repeatInterval.isPresent()) {
      Duration repeat = repeatInterval.get();
      check("repeat_interval", repeat);
      if (repeat.isZero() || repeat.compareTo(groupInterval) < 0) {
        throw new IllegalArgumentException(
            "repeat_interval must not be shorter than group_interval");
      }
    }
  }

  private static void check(String name, Duration duration) {
    if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + " must lie between 0 and 31 days");
    }
  }

  /** Whether events are told one by one. */
  public boolean eachByItself() {
    return groupInterval.isZero();
  }
}
