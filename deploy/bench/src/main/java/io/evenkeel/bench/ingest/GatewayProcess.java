package io.evenkeel.bench.ingest;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The gateway as {@code ./evenkeel up} runs it, in a process of its own. */
final class GatewayProcess implements AutoCloseable {

  /** The token that it knows. */
  static final String TOKEN = "evk_bench-bench-bench-bench-bench-bench-bench-b";

  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final int STOP_SECONDS = 10;
  private static final long PAUSE_NANOS = 20_000_000;
  // The most that it can count.
  private static final String NO_LIMIT = "1000000000";

  private final Process process;
  private final Path data;
  private final Path log;

  private GatewayProcess(Process process, Path data, Path log) {
    this.process = process;
    this.data = data;
    this.log = log;
  }

  /** Starts it and waits until it is ready. */
  static GatewayProcess start(String bootstrap, Path data) throws IOException, BenchException {
    Path tokens = Files.createDirectories(data.resolve("gateway")).resolve("tokens.json");
    Files.writeString(
        tokens,
        "[{\"id\":\"bench\",\"sha256\":\"%s\",\"runs\":\"*\",\"created\":\"2026-01-01T00:00:00Z\"}]"
            .formatted(sha256(TOKEN)));
    Path log = data.resolve("gateway.log");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                "io.evenkeel.gateway.app.GatewayMain"));
    builder.environment().keySet().removeIf(name -> name.startsWith("EVENKEEL_"));
    builder
        .environment()
        .putAll(
            Map.of(
                "EVENKEEL_KAFKA_BOOTSTRAP",
                bootstrap,
                "EVENKEEL_GATEWAY_PORT",
                "0",
                "EVENKEEL_GATEWAY_ADDRESS",
                "127.0.0.1",
                "EVENKEEL_DATA",
                data.toString(),
                "EVENKEEL_GATEWAY_RECORDS_PER_SECOND",
                NO_LIMIT,
                "EVENKEEL_GATEWAY_BYTES_PER_SECOND",
                NO_LIMIT));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    GatewayProcess gateway = new GatewayProcess(builder.start(), data, log);
    gateway.awaitReady();
    return gateway;
  }

  private static String classPath() throws IOException, BenchException {
    Path target =
        Path.of(System.getProperty("evenkeel.home", "."))
            .toAbsolutePath()
            .resolve("ingest/gateway/target");
    Path list = target.resolve("classpath.txt");
    if (!Files.isRegularFile(list)) {
      throw new BenchException(
          ErrorId.BENCH_INGEST, "There is no built gateway in " + target.getParent() + ".");
    }
    return target.resolve("classes") + File.pathSeparator + Files.readString(list).strip();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void awaitReady() throws IOException, BenchException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (Files.readString(log).lines().noneMatch("EVENKEEL-READY gateway"::equals)) {
      requireAlive();
      if (System.nanoTime() > deadline) {
        close();
        throw new BenchException(
            ErrorId.BENCH_INGEST,
            "The gateway is not ready after " + START_LIMIT.toSeconds() + " s.");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void requireAlive() throws IOException, BenchException {
    if (!process.isAlive()) {
      List<String> lines = Files.readAllLines(log);
      throw new BenchException(
          ErrorId.BENCH_INGEST,
          "The gateway has ended: "
              + String.join(" / ", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
    }
  }

  /** Where telemetry is sent to. */
  URI telemetry() throws IOException {
    return URI.create(
        "http://127.0.0.1:"
            + Files.readString(data.resolve("gateway").resolve("port")).strip()
            + "/api/v1/telemetry");
  }

  /** Processor time so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
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
