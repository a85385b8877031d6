package io.evenkeel.bench.analytics;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A JVM of its own with this one's class path; what it prints goes into a file. */
final class Child implements AutoCloseable {
  private static final int STOP_SECONDS = 15;
  private static final long LOOK_NANOS = 5_000_000;

  /** Quiet is who uses less than this share of a core over a second; a job at rest uses 4 %. */
  private static final double QUIET = 0.1;

  private static final int QUIET_LIMIT_SECONDS = 90;

  private final Process process;
  private final Path log;

  private Child(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts a main class, on all cores, but as if there were only {@code cores}. */
  static Child start(
      Cores cores, List<String> options, Map<String, String> environment, Path log, String... main)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(cores.option());
    // The same for all that is compared: for one core it collects on one thread.
    command.addAll(
        List.of(
            "-Xmx1500m",
            "-XX:+UseParallelGC",
            Compilers.KEPT,
            "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(options);
    command.addAll(List.of("-DEVENKEEL_LOG_LEVEL=WARN", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(main));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("EVENKEEL_"));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new Child(builder.start(), log);
  }

  /** The part of {@link #cpuSeconds} that its compilers have used, seconds. */
  double compilerSeconds() throws IOException {
    return Compilers.seconds(process.pid());
  }

  /** Processor time that it has used, seconds. */
  double cpuSeconds() throws BenchException, IOException {
    requireAlive();
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  /**
   * Waits until the process has nothing to do: its compiler is behind for half a minute after the
   * code has run often enough, and takes a third of one core meanwhile.
   */
  void awaitQuiet() throws BenchException, IOException {
    double before = cpuSeconds();
    for (int second = 0; second < QUIET_LIMIT_SECONDS; second++) {
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
      double now = cpuSeconds();
      if (now - before < QUIET) {
        return;
      }
      before = now;
    }
  }

  /** Holds it to cores from now on. */
  void hold(Cores cores) throws BenchException, IOException {
    requireAlive();
    try {
      cores.hold(process.pid());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException(ErrorId.BENCH_ANALYTICS, "the measurement was interrupted.");
    }
  }

  /** Lets a process go on that waits for its standard input. */
  void goOn() throws IOException {
    process.outputWriter().write("\n");
    process.outputWriter().flush();
  }

  /** Waits for a line that begins with {@code text}. */
  String await(String text, Duration limit) throws BenchException, IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      boolean alive = process.isAlive();
      Optional<String> line = wholeLines().filter(l -> l.startsWith(text)).findFirst();
      if (line.isPresent()) {
        return line.get();
      }
      if (!alive) {
        requireAlive();
      }
      if (System.nanoTime() > deadline) {
        throw new BenchException(
            ErrorId.BENCH_ANALYTICS,
            "not within " + limit.toSeconds() + " s: '" + text + "' from a process.");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** What has been printed, without a line that is still being written. */
  private Stream<String> wholeLines() throws IOException {
    String printed = Files.readString(log);
    return printed.substring(0, printed.lastIndexOf('\n') + 1).lines();
  }

  /** Ends the measurement when the process has ended. */
  void requireAlive() throws BenchException, IOException {
    if (!process.isAlive()) {
      List<String> lines = Files.readAllLines(log);
      throw new BenchException(
          ErrorId.BENCH_ANALYTICS,
          "a process has ended: "
              + String.join(" / ", lines.subList(Math.max(0, lines.size() - 8), lines.size())));
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
