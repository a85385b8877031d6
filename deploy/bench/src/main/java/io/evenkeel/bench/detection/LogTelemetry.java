package io.evenkeel.bench.detection;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.replay.ReplayException;
import io.evenkeel.replay.RunLog;
import io.evenkeel.replay.point.LoggedStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A log in any format that {@code replay} reads, through the same readers. Steps of a log without
 * wall times all have the same, as a replay at full speed has nearly.
 *
 * @param file the log, gzipped or not
 */
record LogTelemetry(Path file) implements TelemetrySource {
  private static final Clock UNTIMED =
      Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

  @Override
  public void giveTo(Consumer<StepTelemetry> to) throws BenchException {
    try {
      Path folder = Files.createTempDirectory("evenkeel-detection");
      try (RunLog log = RunLog.open(file, folder, UNTIMED)) {
        Optional<LoggedStep> step = log.next(DetectionCase.RUN);
        while (step.isPresent()) {
          to.accept(step.get().telemetry());
          step = log.next(DetectionCase.RUN);
        }
      } finally {
        Files.deleteIfExists(folder);
      }
    } catch (ReplayException e) {
      throw new BenchException(ErrorId.BENCH_CASES, file + ": " + e.getMessage());
    } catch (IOException e) {
      throw new BenchException(ErrorId.BENCH_CASES, file + " cannot be read: " + e + ".");
    }
  }
}
