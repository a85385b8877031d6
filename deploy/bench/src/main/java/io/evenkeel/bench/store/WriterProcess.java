package io.evenkeel.bench.store;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.embedded.EmbeddedPostgres;
import io.evenkeel.writer.app.WriterMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The writer as {@code ./evenkeel up} runs it, in a process of its own. */
final class WriterProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int STOP_SECONDS = 10;

  private final Process process;
  private final Path log;

  private WriterProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts it and waits until it reads. */
  static WriterProcess start(String bootstrap, EmbeddedPostgres database, Path log)
      throws IOException, BenchException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                // As "./evenkeel up" starts it.
                "-XX:NewRatio=1",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                WriterMain.class.getName()));
    String options = System.getenv("EVENKEEL_BENCH_WRITER_OPTIONS");
    if (options != null && !options.isBlank()) {
      command.addAll(1, List.of(options.strip().split("\\s+")));
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("EVENKEEL_"));
    builder
        .environment()
        .putAll(
            Map.of(
                "EVENKEEL_KAFKA_BOOTSTRAP", bootstrap,
                "EVENKEEL_DB_URL", database.jdbcUrl(),
                "EVENKEEL_DB_USER", database.user(),
                "EVENKEEL_DB_PASSWORD", database.password()));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    WriterProcess writer = new WriterProcess(builder.start(), log);
    Waiting.until(
        "the writer is ready", START_LIMIT, () -> writer.isReady() || !writer.process.isAlive());
    writer.requireAlive();
    return writer;
  }

  /** The process. */
  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Ends the measurement when the writer has ended. */
  void requireAlive() throws BenchException, IOException {
    if (!process.isAlive()) {
      List<String> lines = Files.readAllLines(log);
      throw new BenchException(
          ErrorId.BENCH_STORE,
          "the writer has ended: "
              + String.join(" / ", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
    }
  }

  private boolean isReady() throws IOException {
    return Files.readString(log).lines().anyMatch("EVENKEEL-READY writer"::equals);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
