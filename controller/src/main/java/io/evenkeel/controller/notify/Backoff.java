package io.evenkeel.controller.notify;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When to try again: exponential, with full jitter over the upper half, never before the receiver's
 * own wish, given up after a day.
 */
public final class Backoff {

  /** After so long a notice is of no use any more. */
  public static final Duration GIVE_UP = Duration.ofHours(24);

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Duration LONGEST_WISH = Duration.ofHours(1);

  private final RandomGenerator random;

  /** A back-off with this chance. */
  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The wait before the next try.
   *
   * @param attempts tries so far, at least 1
   * @param wish what the receiver asked for, at most an hour of it is granted
   */
  public Duration next(int attempts, Optional<Duration> wish) {
    long doubled = FIRST.toMillis() << Math.min(attempts - 1, 20);
    long ceiling = Math.min(LONGEST.toMillis(), doubled);
    long own = ceiling / 2 + random.nextLong(ceiling / 2 + 1);
    long asked = Math.min(wish.orElse(Duration.ZERO).toMillis(), LONGEST_WISH.toMillis());
    return Duration.ofMillis(Math.max(own, asked));
  }
}
