package io.evenkeel.replay;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.replay.point.LoggedStep;
import io.evenkeel.replay.tally.SkipReason;
import io.evenkeel.replay.tally.Skipped;
import io.evenkeel.testing.FakeClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Writes logs into a folder and reads them whole. */
public final class Logs {
  /** The clock's time for steps without one. */
  public static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");

  /** The run that steps are said to be of. */
  public static final String RUN = "a-run";

  private final Path folder;

  /** Logs in a folder. */
  public Logs(Path folder) {
    this.folder = folder;
  }

  /** All of a log. */
  public record Whole(LogFormat format, List<LoggedStep> steps, Map<SkipReason, Long> skipped) {
    /** The telemetry alone. */
    public List<StepTelemetry> telemetry() {
      return steps.stream().map(LoggedStep::telemetry).toList();
    }
  }

  /** Reads text under a name. */
  public Whole read(String name, String text) throws IOException, ReplayException {
    return read(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads bytes under a name. */
  public Whole read(String name, byte[] bytes) throws IOException, ReplayException {
    try (RunLog log = open(name, bytes)) {
      List<LoggedStep> steps = new ArrayList<>();
      for (Optional<LoggedStep> step = log.next(RUN); step.isPresent(); step = log.next(RUN)) {
        steps.add(step.get());
      }
      Map<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
      for (Skipped reason : log.tally().skipped()) {
        skipped.put(reason.reason(), reason.count());
      }
      return new Whole(log.format(), steps, skipped);
    }
  }

  /** Opens bytes under a name. */
  public RunLog open(String name, byte[] bytes) throws IOException, ReplayException {
    Path file = folder.resolve(name);
    Files.write(file, bytes);
    return RunLog.open(file, folder, new FakeClock(NOW));
  }

  /** Files of the folder that were not written here. */
  public List<Path> leftOver() throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".points")).toList();
    }
  }

  /** The bytes gzipped. */
  public static byte[] gzipped(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
