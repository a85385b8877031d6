package io.evenkeel.replay.stored;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.replay.point.LoggedStep;
import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.replay.tally.Tally;
import io.evenkeel.replay.text.Lines;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an exported run line by line; steps and incarnations stay as they are, the run's name is
 * replaced. The file is of one run, that of its first line.
 */
public final class StoredLines {
  /** Longest line, bytes: room for the vectors of many layers. */
  public static final int MAX_LINE_BYTES = 64 << 20;

  /** What the first field of each line says. */
  public static final String FORMAT = "evenkeel-steps/1";

  private final Lines lines;
  private final Clock clock;
  private final Tally tally;
  private @Nullable String runOfFile;

  /**
   * A reader; the caller closes the lines.
   *
   * @param lines with {@link #MAX_LINE_BYTES} as their limit
   * @param clock tells the wall time of lines that do not
   * @param tally counts
   */
  public StoredLines(Lines lines, Clock clock, Tally tally) {
    this.lines = lines;
    this.clock = clock;
    this.tally = tally;
  }

  /**
   * The next observation; empty after the last.
   *
   * @param run what it is said to be of
   */
  public Optional<LoggedStep> next(String run) throws IOException {
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (lines.tooLong()) {
        tally.skip(SkipReason.TOO_LONG, place(), "more than " + MAX_LINE_BYTES + " bytes");
      } else if (!line.isBlank()) {
        Optional<LoggedStep> step = read(line, run);
        if (step.isPresent()) {
          tally.read();
          return step;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<LoggedStep> read(String line, String run) {
    try {
      Struct.Builder fields = Struct.newBuilder();
      JsonFormat.parser().merge(line, fields);
      Row step = new Row(fields.build());
      if (!step.text("format").equals(FORMAT)) {
        throw new IllegalArgumentException("the format is not " + FORMAT);
      }
      StepTelemetry telemetry = StoredStep.telemetry(run, step, clock.instant());
      return ofThisRun(step.text("run"))
          ? Optional.of(new LoggedStep(telemetry, step.time("at")))
          : Optional.empty();
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      tally.skip(SkipReason.UNREADABLE, place(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private boolean ofThisRun(String run) {
    if (runOfFile == null) {
      runOfFile = run;
    }
    if (runOfFile.equals(run)) {
      return true;
    }
    tally.skip(SkipReason.OTHER_RUN, place(), "of run " + run + ", the file is of " + runOfFile);
    return false;
  }

  private String place() {
    return "line " + lines.number();
  }
}
