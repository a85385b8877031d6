package io.evenkeel.replay.point;

import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepScalars;
import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.replay.tally.Tally;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A log of values, put together by step. */
public final class PointLog implements Closeable {
  private static final long FIRST_SECOND = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
  private static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

  /** Writes the values of a file into a sink. */
  @FunctionalInterface
  public interface Source {
    /** Reads all there is. */
    void readInto(PointSink sink) throws IOException;
  }

  private final Clock clock;
  private final Tally tally;
  private final PointFile points;
  private final PointSort sorted;
  private final List<String> names;
  private final int restarts;
  private @Nullable Point next;

  private PointLog(
      Clock clock,
      Tally tally,
      PointFile points,
      PointSort sorted,
      List<String> names,
      int restarts)
      throws IOException {
    this.clock = clock;
    this.tally = tally;
    this.points = points;
    this.sorted = sorted;
    this.names = names;
    this.restarts = restarts;
    this.next = sorted.next();
  }

  /**
   * Reads a log to its end; its steps can then be taken.
   *
   * @param source the file's reader
   * @param folder for temporary files, as large together as some three times the log
   * @param clock tells the wall time of steps whose log does not
   * @param tally counts
   */
  public static PointLog read(Source source, Path folder, Clock clock, Tally tally)
      throws IOException {
    PointFile points = PointFile.create(folder);
    try {
      Metrics metrics = new Metrics();
      source.readInto(
          (step, metric, value, wallSeconds) -> {
            int index = metrics.note(metric);
            points.add(new Point(0, step, points.size(), index, value, wallSeconds));
            tally.read();
          });
      Restarts restarts = Restarts.find(points, metrics);
      PointSort sorted = PointSort.of(points, restarts, folder);
      return new PointLog(clock, tally, points, sorted, metrics.names(), restarts.count());
    } catch (IOException | RuntimeException e) {
      points.close();
      throw e;
    }
  }

  /** Places in the file at which the run began again. */
  public int restarts() {
    return restarts;
  }

  /**
   * The next step, ascending within an incarnation; empty after the last.
   *
   * @param run what it is said to be of
   */
  public Optional<LoggedStep> next(String run) throws IOException {
    Point first = next;
    if (first == null) {
      return Optional.empty();
    }
    Map<Integer, Double> values = new LinkedHashMap<>();
    double wallSeconds = first.wallSeconds();
    Point point = first;
    while (point != null
        && point.step() == first.step()
        && point.incarnation() == first.incarnation()) {
      if (values.put(point.metric(), point.value()) != null) {
        tally.skip(
            SkipReason.REPEATED, "step " + point.step() + ", " + names.get(point.metric()), "");
      }
      wallSeconds =
          Double.isNaN(wallSeconds)
              ? point.wallSeconds()
              : Math.max(wallSeconds, orLess(point.wallSeconds()));
      point = sorted.next();
    }
    next = point;
    Optional<Instant> recorded = instant(wallSeconds);
    return Optional.of(
        new LoggedStep(
            scalars(values)
                .telemetry(
                    new ObservationKey(run, first.incarnation(), first.step(), 0),
                    1,
                    recorded.orElseGet(clock::instant)),
            recorded));
  }

  private StepScalars scalars(Map<Integer, Double> values) {
    StepScalars scalars = new StepScalars();
    values.forEach(
        (metric, value) -> {
          try {
            scalars.put(names.get(metric), value);
          } catch (IllegalArgumentException e) {
            // The name of a count, and the value is none: then it is somebody's own.
            scalars.putUserScalar(names.get(metric), value);
          }
        });
    return scalars;
  }

  @Override
  public void close() throws IOException {
    try {
      sorted.close();
    } finally {
      points.close();
    }
  }

  private static double orLess(double wallSeconds) {
    return Double.isNaN(wallSeconds) ? Double.NEGATIVE_INFINITY : wallSeconds;
  }

  private static Optional<Instant> instant(double wallSeconds) {
    if (!(wallSeconds > FIRST_SECOND && wallSeconds < LAST_SECOND)) {
      return Optional.empty();
    }
    long whole = (long) Math.floor(wallSeconds);
    try {
      return Optional.of(
          Instant.ofEpochSecond(whole, Math.round((wallSeconds - whole) * 1_000_000) * 1_000));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
