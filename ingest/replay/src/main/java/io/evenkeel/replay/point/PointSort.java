package io.evenkeel.replay.point;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Points by incarnation and step: as they come where they lie so already, otherwise by an external
 * merge sort.
 */
final class PointSort implements Closeable {
  private static final int CHUNK_POINTS = 200_000;
  private static final int MERGE_BUFFER_BYTES = 1 << 13;

  private record Head(Point point, PointFile.Cursor cursor) {}

  private final List<Closeable> open = new ArrayList<>();
  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(Comparator.comparing(Head::point, Point.ORDER));
  private final Restarts.@Nullable Counter counter;

  private PointSort(Restarts.@Nullable Counter counter) {
    this.counter = counter;
  }

  /**
   * Reads points in order.
   *
   * @param points of incarnation 0, in the order of the file; not closed with this
   * @param restarts where incarnations begin
   * @param folder for temporary files
   */
  static PointSort of(PointFile points, Restarts restarts, Path folder) throws IOException {
    return of(points, restarts, folder, CHUNK_POINTS);
  }

  static PointSort of(PointFile points, Restarts restarts, Path folder, int chunkPoints)
      throws IOException {
    if (isSorted(points, restarts)) {
      PointSort asTheyCome = new PointSort(restarts.counter());
      asTheyCome.merge(points.read());
      return asTheyCome;
    }
    PointSort sort = new PointSort(null);
    try {
      sort.split(points, restarts, folder, chunkPoints);
      return sort;
    } catch (IOException e) {
      sort.close();
      throw e;
    }
  }

  private static boolean isSorted(PointFile points, Restarts restarts) throws IOException {
    Restarts.Counter counter = restarts.counter();
    try (PointFile.Cursor cursor = points.read()) {
      Point last = null;
      for (Point point = cursor.next(); point != null; point = cursor.next()) {
        Point placed = placed(point, counter);
        if (last != null && Point.ORDER.compare(last, placed) > 0) {
          return false;
        }
        last = placed;
      }
    }
    return true;
  }

  private void split(PointFile points, Restarts restarts, Path folder, int chunkPoints)
      throws IOException {
    Restarts.Counter counter = restarts.counter();
    List<Point> chunk = new ArrayList<>();
    try (PointFile.Cursor cursor = points.read()) {
      for (Point point = cursor.next(); point != null; point = cursor.next()) {
        chunk.add(placed(point, counter));
        if (chunk.size() == chunkPoints) {
          addRun(chunk, folder);
        }
      }
    }
    addRun(chunk, folder);
  }

  private void addRun(List<Point> chunk, Path folder) throws IOException {
    chunk.sort(Point.ORDER);
    PointFile run = PointFile.create(folder);
    open.add(run);
    for (Point point : chunk) {
      run.add(point);
    }
    chunk.clear();
    merge(run.read(MERGE_BUFFER_BYTES));
  }

  private void merge(PointFile.Cursor cursor) throws IOException {
    open.add(cursor);
    Point first = cursor.next();
    if (first != null) {
      heads.add(new Head(first, cursor));
    }
  }

  private static Point placed(Point point, Restarts.Counter counter) {
    return new Point(
        counter.incarnationOf(point),
        point.step(),
        point.row(),
        point.metric(),
        point.value(),
        point.wallSeconds());
  }

  /** The next point; null after the last. */
  @Nullable Point next() throws IOException {
    Head head = heads.poll();
    if (head == null) {
      return null;
    }
    Point following = head.cursor().next();
    if (following != null) {
      heads.add(new Head(following, head.cursor()));
    }
    return counter == null ? head.point() : placed(head.point(), counter);
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Closeable closeable : open.reversed()) {
      try {
        closeable.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
