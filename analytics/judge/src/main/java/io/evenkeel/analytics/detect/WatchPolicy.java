package io.evenkeel.analytics.detect;

import java.io.Serializable;

/**
 * How long silence is borne.
 *
 * @param stepTimeFactor a run is stalled after so many median step times, but see the rule's
 *     threshold
 * @param endGraceMillis an ended run, and a superseded incarnation, is closed when nothing more has
 *     come for so long, ms
 * @param expiryMillis a silent run is forgotten after so long, ms
 */
public record WatchPolicy(double stepTimeFactor, long endGraceMillis, long expiryMillis)
    implements Serializable {

  /** Ten step times; two seconds; six hours. */
  public static final WatchPolicy DEFAULT = new WatchPolicy(10, 2_000, 6 * 3_600_000L);

  /** Validates. */
  public WatchPolicy {
    if (!(stepTimeFactor >= 1) || endGraceMillis < 0 || expiryMillis < 1) {
      throw new IllegalArgumentException("a factor below 1 or a negative time");
    }
  }
}
