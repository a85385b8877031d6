package io.evenkeel.standalone.supervisor;

import java.time.Duration;

/**
 * How long to wait before a service is started again: doubling from the first delay to the longest,
 * and from the start again after a life that was long enough to count as healthy.
 *
 * @param first delay after the first death
 * @param longest bound of the delay
 * @param healthy a life at least this long resets the delay
 */
public record Backoff(Duration first, Duration longest, Duration healthy) {
  /** What {@code ./evenkeel up} uses. */
  public static final Backoff STANDARD =
      new Backoff(Duration.ofMillis(250), Duration.ofSeconds(15), Duration.ofSeconds(30));

  /** Checks that 0 < first <= longest. */
  public Backoff {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("back-off from " + first + " to " + longest);
    }
  }

  /**
   * The delay before the next start.
   *
   * @param previous the last delay, zero if there was none
   * @param lifetime how long the service has run this time
   */
  Duration next(Duration previous, Duration lifetime) {
    if (previous.isZero() || lifetime.compareTo(healthy) >= 0) {
      return first;
    }
    Duration doubled = previous.multipliedBy(2);
    return doubled.compareTo(longest) > 0 ? longest : doubled;
  }
}
