package io.evenkeel.bench.analytics;

import io.evenkeel.analytics.job.StabilityJobMain;
import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The service as {@code ./evenkeel up} runs it, in a process and a folder of its own. */
final class Service implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration WORK_LIMIT = Duration.ofMinutes(4);
  private static final long LOOK_NANOS = 10_000_000;

  private final Broker broker;
  private final Child child;
  private final Path data;

  private Service(Broker broker, Child child, Path data) {
    this.broker = broker;
    this.child = child;
    this.data = data;
  }

  /** Starts it, with nothing known, and waits until it reads; on all cores until it settles. */
  static Service start(Broker broker, Path folder, int slots, Cores cores, List<String> options)
      throws IOException, BenchException {
    Path data = Files.createTempDirectory(folder, "service");
    Child child =
        Child.start(
            cores,
            options,
            Map.of(
                "EVENKEEL_KAFKA_BOOTSTRAP", broker.bootstrap(),
                "EVENKEEL_DATA", data.toString(),
                "EVENKEEL_ANALYTICS_SLOTS", Integer.toString(slots)),
            data.resolve("log"),
            StabilityJobMain.class.getName());
    Service service = new Service(broker, child, data);
    child.await("EVENKEEL-READY analytics", START_LIMIT);
    return service;
  }

  /**
   * What it did between two moments.
   *
   * @param steps emitted
   * @param seconds that it took
   * @param cpuSeconds processor time of that, without the compilers'
   * @param compilerSeconds processor time of the compilers meanwhile
   * @param brokerSeconds processor time of the process that the broker is in, meanwhile
   */
  record Work(
      long steps, double seconds, double cpuSeconds, double compilerSeconds, double brokerSeconds) {
    /** The same of all ranks' records. */
    double recordsPerSecond() {
      return steps * Workload.RANKS / seconds;
    }

    double recordsPerCpuSecond() {
      return steps * Workload.RANKS / cpuSeconds;
    }
  }

  /** Waits until {@code last} steps have ever been emitted; counts from step {@code first} on. */
  Work between(long first, long last) throws IOException, BenchException {
    long begun = awaitSteps(first);
    long beginNanos = System.nanoTime();
    double beginCpu = child.cpuSeconds();
    double beginCompilers = child.compilerSeconds();
    double beginBroker = ownCpuSeconds();
    long ended = awaitSteps(last);
    double compilers = child.compilerSeconds() - beginCompilers;
    return new Work(
        ended - begun,
        (System.nanoTime() - beginNanos) / 1e9,
        child.cpuSeconds() - beginCpu - compilers,
        compilers,
        ownCpuSeconds() - beginBroker);
  }

  private static double ownCpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  /** Lets it compile what it has run so often, and holds it to cores from then on. */
  void settle(Cores cores) throws IOException, BenchException {
    child.awaitQuiet();
    child.hold(cores);
  }

  /** Processor time so far, seconds. */
  double cpuSeconds() throws IOException, BenchException {
    return child.cpuSeconds();
  }

  /** The same without the compilers'. */
  double workSeconds() throws IOException, BenchException {
    return child.cpuSeconds() - child.compilerSeconds();
  }

  /** Waits until as many steps have ever been emitted, and says how many have. */
  long awaitSteps(long steps) throws IOException, BenchException {
    long deadline = System.nanoTime() + WORK_LIMIT.toNanos();
    long emitted = broker.written(Topics.SIGNALS);
    while (emitted < steps) {
      child.requireAlive();
      if (System.nanoTime() > deadline) {
        throw new BenchException(
            io.evenkeel.contract.error.ErrorId.BENCH_ANALYTICS,
            emitted + " of " + steps + " steps after " + WORK_LIMIT.toSeconds() + " s.");
      }
      LockSupport.parkNanos(LOOK_NANOS);
      emitted = broker.written(Topics.SIGNALS);
    }
    return emitted;
  }

  /** Size of a checkpoint that has begun after this call, bytes. */
  long checkpointBytes() throws IOException, BenchException {
    long second = newestCheckpoint() + 2;
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (newestCheckpoint() < second && System.nanoTime() < deadline) {
      child.requireAlive();
      LockSupport.parkNanos(LOOK_NANOS);
    }
    Optional<Path> newest = checkpoint(newestCheckpoint());
    try (Stream<Path> files = Files.walk(newest.orElseThrow())) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private long newestCheckpoint() throws IOException {
    try (Stream<Path> files = Files.walk(data.resolve("checkpoints"), 3)) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .map(Path::getParent)
          .filter(java.util.Objects::nonNull)
          .mapToLong(Service::number)
          .max()
          .orElse(0);
    } catch (UncheckedIOException e) {
      return 0; // One has been deleted while we looked.
    }
  }

  private Optional<Path> checkpoint(long number) throws IOException {
    try (Stream<Path> files = Files.walk(data.resolve("checkpoints"), 2)) {
      return files.filter(file -> file.endsWith("chk-" + number)).findFirst();
    }
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().substring("chk-".length()));
  }

  @Override
  public void close() {
    child.close();
  }
}
