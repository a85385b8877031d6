package io.evenkeel.replay.point;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a log begins again, after a crash or a return to a checkpoint: from there on the
 * steps are of a new incarnation.
 *
 * <p>A metric has gone back when a point of it has a lower step than one before. That alone may be
 * disorder, as loggers on several threads make it; it is a restart when the metric's next point is
 * again not beyond what was reached before. Steps of different metrics are not compared, since some
 * tags count epochs. The new incarnation begins with the first row that went back, whichever
 * metric's it was. In a log that gives one metric after the other each metric starts anew.
 */
final class Restarts {
  /** Rows between the first that goes back and the one that shows it to be a restart. */
  private static final int LOOK_BACK_ROWS = 4_096;

  private static final long NONE = -1;

  private final boolean oneAfterTheOther;
  private final long[] rows;

  private Restarts(boolean oneAfterTheOther, long[] rows) {
    this.oneAfterTheOther = oneAfterTheOther;
    this.rows = rows;
  }

  /** Reads the points, all of incarnation 0, and finds the restarts. */
  static Restarts find(PointFile points, Metrics metrics) throws IOException {
    Search search = new Search(metrics.names().size());
    boolean oneAfterTheOther = metrics.oneAfterTheOther();
    try (PointFile.Cursor cursor = points.read()) {
      int metric = -1;
      for (Point point = cursor.next(); point != null; point = cursor.next()) {
        if (oneAfterTheOther && point.metric() != metric) {
          search.startAnew();
        }
        metric = point.metric();
        search.see(point);
      }
    }
    return new Restarts(
        oneAfterTheOther, search.found.stream().mapToLong(Long::longValue).toArray());
  }

  /** Rows at which a new incarnation begins. */
  int count() {
    return rows.length;
  }

  /** Counts along with the points, which must come in the order of the file. */
  Counter counter() {
    return new Counter();
  }

  /** Says of each point which incarnation it is of. */
  final class Counter {
    private int next;
    private int incarnation;
    private int metric = -1;

    int incarnationOf(Point point) {
      if (oneAfterTheOther && point.metric() != metric) {
        incarnation = 0;
      }
      metric = point.metric();
      while (next < rows.length && rows[next] <= point.row()) {
        next++;
        incarnation++;
      }
      return incarnation;
    }
  }

  /** The search while it runs. */
  private static final class Search {
    private final List<Long> found = new ArrayList<>();
    private final long[] reached;
    private final long[] since;
    private long begin = NONE;
    private long lastJump = NONE;
    private @Nullable Point previous;

    Search(int metrics) {
      reached = new long[metrics];
      since = new long[metrics];
      startAnew();
    }

    void startAnew() {
      Arrays.fill(reached, NONE);
      Arrays.fill(since, NONE);
      begin = NONE;
      lastJump = NONE;
      previous = null;
    }

    void see(Point point) {
      int metric = point.metric();
      if (previous != null && point.step() < previous.step()) {
        lastJump = point.row();
      }
      previous = point;
      if (begin == NONE) {
        if (point.step() >= reached[metric]) {
          reached[metric] = point.step();
          return;
        }
        begin =
            point.row() - lastJump <= LOOK_BACK_ROWS && lastJump != NONE ? lastJump : point.row();
        Arrays.fill(since, NONE);
        since[metric] = point.step();
        return;
      }
      goOn(point.step(), metric);
    }

    private void goOn(long step, int metric) {
      boolean wentBack = since[metric] != NONE && since[metric] < reached[metric];
      if (wentBack && step > since[metric] && step <= reached[metric]) {
        found.add(begin);
        begin = NONE;
        since[metric] = step;
        System.arraycopy(since, 0, reached, 0, since.length);
      } else if (wentBack && step > reached[metric]) {
        begin = NONE;
        for (int i = 0; i < since.length; i++) {
          reached[i] = Math.max(reached[i], since[i]);
        }
        reached[metric] = step;
      } else {
        since[metric] = Math.max(since[metric], step);
      }
    }
  }
}
