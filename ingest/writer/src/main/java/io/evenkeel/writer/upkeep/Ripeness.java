package io.evenkeel.writer.upkeep;

import java.time.Duration;
import java.util.Objects;

/**
 * When a block of steps that has changed is rolled up.
 *
 * @param quiet how long nothing has been stored in it; at least 0
 * @param headQuiet the same for the block of the incarnation's last step, which a live run is still
 *     filling: readers take at most 1024 steps from the rows for it, so there is no hurry
 */
public record Ripeness(Duration quiet, Duration headQuiet) {

  /** What the writer does. */
  public static final Ripeness STANDARD =
      new Ripeness(Duration.ofSeconds(5), Duration.ofMinutes(10));

  /** At once. */
  public static final Ripeness AT_ONCE = new Ripeness(Duration.ZERO, Duration.ZERO);

  /** Validates. */
  public Ripeness {
    Objects.requireNonNull(quiet, "quiet");
    Objects.requireNonNull(headQuiet, "headQuiet");
    if (quiet.isNegative() || headQuiet.compareTo(quiet) < 0) {
      throw new IllegalArgumentException(quiet + " and " + headQuiet);
    }
  }
}
