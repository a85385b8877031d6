package io.evenkeel.analytics.offline;

import java.time.Instant;
import java.util.Arrays;

/**
 * The time that a sequence of telemetry tells: it never goes back, and follows the wall times of
 * the parts. A rank's clock may differ from the others' by any amount: the difference is taken from
 * its first part, which counts as sent when it comes up in the sequence.
 */
final class TelemetryClock {

  private static final long UNKNOWN = Long.MIN_VALUE;

  private long nowMillis;
  private boolean parted;
  private long[] offsets = new long[0];

  /** The time, ms since the epoch; 0 before anything has been told. */
  long millis() {
    return nowMillis;
  }

  /** Moves the time on; an earlier one leaves it where it is. */
  void moveTo(long millis) {
    nowMillis = Math.max(nowMillis, millis);
  }

  /**
   * The time at which a part comes, no earlier than {@link #millis}.
   *
   * @param rank its rank
   * @param wallTime what the rank's clock says
   */
  long arrival(int rank, Instant wallTime) {
    if (rank >= offsets.length) {
      int old = offsets.length;
      offsets = Arrays.copyOf(offsets, rank + 1);
      Arrays.fill(offsets, old, rank + 1, UNKNOWN);
    }
    long wall = wallTime.toEpochMilli();
    if (offsets[rank] == UNKNOWN) {
      offsets[rank] = parted ? nowMillis - wall : 0;
      parted = true;
    }
    return Math.max(nowMillis, wall + offsets[rank]);
  }
}
