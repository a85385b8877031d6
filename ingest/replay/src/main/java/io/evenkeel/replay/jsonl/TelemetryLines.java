package io.evenkeel.replay.jsonl;

import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.wire.JsonCodecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.replay.point.LoggedStep;
import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.replay.tally.Tally;
import io.evenkeel.replay.text.Lines;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads telemetry line by line; steps, ranks and incarnations stay as they are, the run's name is
 * replaced. The file is of one run, that of its first line.
 */
public final class TelemetryLines {
  /** Longest line, bytes: room for a largest message as JSON. */
  public static final int MAX_LINE_BYTES = 16 << 20;

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
  public TelemetryLines(Lines lines, Clock clock, Tally tally) {
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
        Optional<StepTelemetry> telemetry = read(line, run);
        if (telemetry.isPresent()) {
          tally.read();
          boolean timed = line.contains("wallTimeMicros") || line.contains("wall_time_micros");
          return telemetry.map(
              t -> new LoggedStep(t, timed ? Optional.of(t.wallTime()) : Optional.empty()));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<StepTelemetry> read(String line, String run) {
    StepTelemetry telemetry;
    try {
      telemetry = JsonCodecs.STEP_TELEMETRY.decode(line, clock.instant());
    } catch (WireException e) {
      tally.skip(SkipReason.UNREADABLE, place(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    if (runOfFile == null) {
      runOfFile = telemetry.key().run();
    } else if (!runOfFile.equals(telemetry.key().run())) {
      tally.skip(
          SkipReason.OTHER_RUN,
          place(),
          "of run " + telemetry.key().run() + ", the file is of " + runOfFile);
      return Optional.empty();
    }
    return Optional.of(of(run, telemetry));
  }

  private static StepTelemetry of(String run, StepTelemetry telemetry) {
    ObservationKey key = telemetry.key();
    return new StepTelemetry(
        new ObservationKey(run, key.incarnation(), key.step(), key.rank()),
        telemetry.worldSize(),
        telemetry.wallTime(),
        telemetry.stepTimeMillis(),
        telemetry.telemetryTimeMillis(),
        telemetry.tokens(),
        telemetry.losses(),
        telemetry.gradientNorm(),
        telemetry.clipCoefficient(),
        telemetry.tensorPlacement(),
        telemetry.tensors(),
        telemetry.moeShape(),
        telemetry.moeLayers(),
        telemetry.activations(),
        telemetry.knobs(),
        telemetry.lastCommand(),
        telemetry.scalars(),
        telemetry.droppedBefore());
  }

  private String place() {
    return "line " + lines.number();
  }
}
