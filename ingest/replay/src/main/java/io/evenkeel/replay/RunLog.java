package io.evenkeel.replay;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.replay.csv.CsvPoints;
import io.evenkeel.replay.jsonl.TelemetryLines;
import io.evenkeel.replay.point.LoggedStep;
import io.evenkeel.replay.point.PointLog;
import io.evenkeel.replay.stored.StoredLines;
import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.replay.tally.Tally;
import io.evenkeel.replay.tensorboard.EventPoints;
import io.evenkeel.replay.text.Lines;
import io.evenkeel.replay.trainerstate.HistoryPoints;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A log of a training run, as its steps: ascending by step within an incarnation, whatever the
 * order of the file, but for JSON lines, which are telemetry already and come as they are.
 */
public final class RunLog implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private interface Steps extends Closeable {
    Optional<LoggedStep> next(String run) throws IOException;
  }

  private final LogFormat format;
  private final Tally tally;
  private final Steps steps;

  private RunLog(LogFormat format, Tally tally, Steps steps) {
    this.format = format;
    this.tally = tally;
    this.steps = steps;
  }

  /**
   * Opens a file; all formats but JSON lines are read to their end here.
   *
   * @param file the log, gzipped or not
   * @param folder for temporary files
   * @param clock tells the wall time of steps whose log does not
   * @throws ReplayException with EVK-REPLAY-FILE, -FORMAT or, where nothing can be used, -EMPTY
   */
  public static RunLog open(Path file, Path folder, Clock clock) throws ReplayException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new ReplayException(ErrorId.REPLAY_FILE, file + " is no file that can be read.");
    }
    Tally tally = new Tally();
    try {
      InputStream in = content(file, tally);
      try {
        LogFormat format = FormatSniffer.format(file, in);
        return new RunLog(format, tally, steps(format, in, folder, clock, tally));
      } catch (IOException | ReplayException | RuntimeException e) {
        in.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ReplayException(ErrorId.REPLAY_FILE, file + " cannot be read: " + e.getMessage());
    }
  }

  private static InputStream content(Path file, Tally tally) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    try {
      raw.mark(2);
      boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.reset();
      return gzip
          ? new BufferedInputStream(
              new DamageStops(new GZIPInputStream(raw, BUFFER_BYTES), tally), BUFFER_BYTES)
          : raw;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static Steps steps(
      LogFormat format, InputStream in, Path folder, Clock clock, Tally tally)
      throws IOException, ReplayException {
    if (format == LogFormat.JSONL) {
      return jsonLines(new Lines(in, TelemetryLines.MAX_LINE_BYTES), clock, tally);
    }
    if (format == LogFormat.EXPORT) {
      return exportedLines(new Lines(in, StoredLines.MAX_LINE_BYTES), clock, tally);
    }
    PointLog.Source source =
        switch (format) {
          case CSV, JSONL, EXPORT -> new CsvPoints(new Lines(in, CsvPoints.MAX_LINE_BYTES), tally);
          case TENSORBOARD -> new EventPoints(in, tally);
          case TRAINER_STATE -> new HistoryPoints(in, tally);
        };
    PointLog log = PointLog.read(source, folder, clock, tally);
    in.close();
    if (tally.values() == 0) {
      log.close();
      throw new ReplayException(
          ErrorId.REPLAY_EMPTY,
          "The log holds nothing that can be replayed"
              + tally.skipped().stream()
                  .findFirst()
                  .map(
                      skipped ->
                          " (%s %d times, such as %s)"
                              .formatted(
                                  skipped.reason().id(),
                                  skipped.count(),
                                  skipped.examples().getFirst()))
                  .orElse("")
              + ".");
    }
    return new Steps() {
      @Override
      public Optional<LoggedStep> next(String run) throws IOException {
        return log.next(run);
      }

      @Override
      public void close() throws IOException {
        log.close();
      }
    };
  }

  private static Steps jsonLines(Lines lines, Clock clock, Tally tally) {
    return steps(new TelemetryLines(lines, clock, tally)::next, lines);
  }

  private static Steps exportedLines(Lines lines, Clock clock, Tally tally) {
    return steps(new StoredLines(lines, clock, tally)::next, lines);
  }

  private interface Reader {
    Optional<LoggedStep> next(String run) throws IOException;
  }

  private static Steps steps(Reader reader, Lines lines) {
    return new Steps() {
      @Override
      public Optional<LoggedStep> next(String run) throws IOException {
        return reader.next(run);
      }

      @Override
      public void close() throws IOException {
        lines.close();
      }
    };
  }

  /** What the file is. */
  public LogFormat format() {
    return format;
  }

  /**
   * The next observation; empty after the last.
   *
   * @param run what it is said to be of
   */
  public Optional<LoggedStep> next(String run) throws IOException {
    return steps.next(run);
  }

  /** What was read and left out so far; complete after the last observation. */
  public Tally tally() {
    return tally;
  }

  @Override
  public void close() throws IOException {
    steps.close();
  }

  /** Compressed data that are damaged or cut end the file there, and are told. */
  private static final class DamageStops extends InputStream {
    private final InputStream in;
    private final Tally tally;
    private boolean stopped;

    DamageStops(InputStream in, Tally tally) {
      this.in = in;
      this.tally = tally;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (stopped) {
        return -1;
      }
      try {
        return in.read(bytes, offset, length);
      } catch (EOFException e) {
        stopped = true;
        tally.skip(SkipReason.UNFINISHED, "end of the compressed data", "");
        return -1;
      } catch (ZipException e) {
        stopped = true;
        tally.skip(
            SkipReason.UNREADABLE,
            "compressed data",
            "damaged, and what follows is lost: " + e.getMessage());
        return -1;
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
