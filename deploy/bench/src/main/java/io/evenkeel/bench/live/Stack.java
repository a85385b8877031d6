package io.evenkeel.bench.live;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Everything that {@code ./evenkeel up} starts, without a trainer, mode auto, in a temporary folder
 * that is gone afterwards.
 */
public final class Stack implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final int STOP_SECONDS = 60;
  private static final long LOOK_NANOS = 50_000_000;
  private static final int PORT_TRIES = 200;
  private static final int FIRST_PORT = 15_000;
  private static final int LAST_PORT = 32_000;
  private static final String UP = "Dashboard ";

  private final Process process;
  private final Path folder;
  private final Path log;

  private Stack(Process process, Path folder, Path log) {
    this.process = process;
    this.folder = folder;
    this.log = log;
  }

  /**
   * Starts it and waits until all of it is ready.
   *
   * @param environment added to this process' own
   */
  public static Stack start(Map<String, String> environment) throws IOException, BenchException {
    Path folder = Files.createTempDirectory("evenkeel-bench-live");
    Path log = folder.resolve("up.log");
    ProcessBuilder builder =
        new ProcessBuilder(
            launcher().toString(),
            "up",
            "--no-trainer",
            "--scenario",
            "healthy",
            "--data",
            folder.resolve("data").toString(),
            "--port",
            Integer.toString(freePort()),
            "--gateway-port",
            Integer.toString(freePort()));
    builder.environment().keySet().removeIf(name -> name.startsWith("EVENKEEL_"));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Stack stack = new Stack(builder.start(), folder, log);
    try {
      stack.awaitUp();
    } catch (IOException | BenchException e) {
      stack.close();
      throw e;
    }
    return stack;
  }

  private static Path launcher() throws BenchException {
    Path launcher =
        Path.of(System.getProperty("evenkeel.home", ".")).toAbsolutePath().resolve("evenkeel");
    if (!Files.isExecutable(launcher)) {
      throw failed("there is no " + launcher);
    }
    return launcher;
  }

  private void awaitUp() throws IOException, BenchException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (Files.readString(log).lines().noneMatch(line -> line.strip().startsWith(UP))) {
      requireAlive();
      if (System.nanoTime() > deadline) {
        throw failed("it is not up after " + START_LIMIT.toSeconds() + " s");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Ends the measurement when the stack has ended. */
  public void requireAlive() throws IOException, BenchException {
    if (!process.isAlive()) {
      List<String> lines = Files.readAllLines(log);
      throw failed(
          "it has ended: "
              + String.join(" / ", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
    }
  }

  private static BenchException failed(String why) {
    return new BenchException(ErrorId.BENCH_LIVE, "./evenkeel up: " + why + ".");
  }

  /** Where Kafka is. */
  public String bootstrap() throws IOException {
    Properties settings = new Properties();
    try (InputStream in = Files.newInputStream(folder.resolve("data/kafka.properties"))) {
      settings.load(in);
    }
    return "127.0.0.1:" + settings.getProperty("broker");
  }

  /**
   * A port of loopback that nobody listens on now, below the range of outgoing connections, so that
   * none of these takes it meanwhile.
   */
  public static int freePort() throws IOException {
    for (int i = 0; i < PORT_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Somebody's; the next.
      }
    }
    throw new IOException("no free port between " + FIRST_PORT + " and " + LAST_PORT);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }
}
