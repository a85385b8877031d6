package io.evenkeel.replay.point;

import java.util.Comparator;

/**
 * A value in its place.
 *
 * @param incarnation how often the run had been restarted
 * @param step step, &gt;= 0
 * @param row position in the file, from 0
 * @param metric index of the metric
 * @param value the value
 * @param wallSeconds seconds since the epoch, or {@link PointSink#NO_TIME}
 */
record Point(int incarnation, long step, long row, int metric, double value, double wallSeconds) {

  /** The order in which steps are sent; of a step's values that of the file. */
  static final Comparator<Point> ORDER =
      (a, b) -> {
        int byIncarnation = Integer.compare(a.incarnation, b.incarnation);
        if (byIncarnation != 0) {
          return byIncarnation;
        }
        int byStep = Long.compare(a.step, b.step);
        return byStep != 0 ? byStep : Long.compare(a.row, b.row);
      };
}
