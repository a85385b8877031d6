package io.evenkeel.bench.ui;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The dashboard's own process, started as {@code ./evenkeel up} starts it. */
final class UiServer implements AutoCloseable {
  static final String PASSWORD = "bench only, loopback only";

  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final int STOP_SECONDS = 15;
  private static final long LOOK_NANOS = 50_000_000;
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  private final Process process;
  private final Path log;
  private final int port;

  private UiServer(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /** Starts it and waits until it answers. */
  static UiServer start(Path home, EmbeddedPostgres database, Path folder)
      throws IOException, BenchException {
    Path classPath = home.resolve("ui/target/classpath.txt");
    if (!Files.exists(classPath)) {
      throw new BenchException(
          ErrorId.BENCH_UI, "the dashboard is not built: there is no " + classPath + ".");
    }
    Path log = folder.resolve("ui.log");
    int port = freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            home.resolve("ui/target/classes") + ":" + Files.readString(classPath).strip(),
            "io.evenkeel.ui.app.UiApplication");
    builder.environment().keySet().removeIf(name -> name.startsWith("EVENKEEL_"));
    builder
        .environment()
        .putAll(
            Map.of(
                // Nothing is commanded here: the broker may be away.
                "EVENKEEL_KAFKA_BOOTSTRAP", "127.0.0.1:1",
                "EVENKEEL_DB_URL", database.jdbcUrl(),
                "EVENKEEL_DB_USER", database.user(),
                "EVENKEEL_DB_PASSWORD", database.password(),
                "EVENKEEL_ADMIN_PASSWORD", PASSWORD,
                "EVENKEEL_DATA", folder.resolve("ui").toString(),
                "SERVER_PORT", Integer.toString(port)));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    UiServer server = new UiServer(builder.start(), log, port);
    try {
      server.awaitReady();
    } catch (IOException | BenchException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private void awaitReady() throws IOException, BenchException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (Files.readString(log).lines().noneMatch("EVENKEEL-READY ui"::equals)) {
      requireAlive();
      if (System.nanoTime() > deadline) {
        throw new BenchException(
            ErrorId.BENCH_UI,
            "the dashboard is not ready after " + START_LIMIT.toSeconds() + " s.");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Ends the measurement when the server has ended. */
  void requireAlive() throws IOException, BenchException {
    if (!process.isAlive()) {
      List<String> lines = Files.readAllLines(log);
      throw new BenchException(
          ErrorId.BENCH_UI,
          "the dashboard has ended: "
              + String.join(" / ", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
    }
  }

  /** The address of a path, which begins without a slash, under a name that is loopback's. */
  String address(String host, String path) {
    return "http://" + host + ":" + port + "/" + path;
  }

  /** Bytes of live objects: the collector runs first. */
  long liveBytes() throws IOException, BenchException {
    requireAlive();
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String histogram = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Matcher total = TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new BenchException(
          ErrorId.BENCH_UI,
          "jcmd does not tell the dashboard's memory: " + histogram.lines().findFirst().orElse(""));
    }
    return Long.parseLong(total.group(1));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
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
