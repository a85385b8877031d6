package io.evenkeel.replay.point;

import java.io.IOException;

/** Takes the values of a log in the order of the file. */
@FunctionalInterface
public interface PointSink {
  /** No wall time was recorded with a value. */
  double NO_TIME = Double.NaN;

  /**
   * A value.
   *
   * @param step step, &gt;= 0
   * @param metric name as in the file; valid as a name of the contract
   * @param value any double: NaN and infinity are data
   * @param wallSeconds when, seconds since the epoch; {@link #NO_TIME} if not recorded
   * @throws IOException if it cannot be kept
   * @throws IllegalArgumentException if it cannot be taken; the reason is for people
   */
  void point(long step, String metric, double value, double wallSeconds) throws IOException;
}
