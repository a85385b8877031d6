package io.evenkeel.bench.store;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The course of the measurement. */
final class StoreBench {
  /** Rounds before those that count: the writer's code is compiled meanwhile. */
  private static final int WARM_UP = 3;

  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(2);
  private static final long LOOK_NANOS = 20_000_000;

  private final int rounds;
  private final int steps;
  private final int visibleSeconds;

  StoreBench(int rounds, int steps, int visibleSeconds) {
    this.rounds = rounds;
    this.steps = steps;
    this.visibleSeconds = visibleSeconds;
  }

  /**
   * One turn of both sides.
   *
   * @param drainSeconds from Kafka into the tables, by the writer
   * @param drainCpu processor time of that
   * @param copySeconds the same rows by COPY
   * @param copyCpu processor time of that in the database, seconds
   */
  record Round(double drainSeconds, CpuTime drainCpu, double copySeconds, double copyCpu) {
    double ratio() {
      return copySeconds / drainSeconds;
    }
  }

  /** Measures; the lines of progress go to {@code out}. */
  StoreReport measure(PrintWriter out) throws IOException, BenchException {
    Path folder = Files.createTempDirectory("evenkeel-bench-store");
    try (EmbeddedPostgres server = EmbeddedPostgres.start(folder);
        Broker broker = new Broker(folder);
        WriterProcess writer =
            WriterProcess.start(broker.bootstrap(), server, folder.resolve("writer.log"))) {
      return measure(new Tables(server), broker, writer, folder, out);
    } catch (SQLException e) {
      throw new BenchException(ErrorId.BENCH_STORE, "the database says: " + e.getMessage() + ".");
    } finally {
      delete(folder);
    }
  }

  private StoreReport measure(
      Tables tables, Broker broker, WriterProcess writer, Path folder, PrintWriter out)
      throws IOException, BenchException, SQLException {
    Workload workload = new Workload(Instant.now().minus(Duration.ofHours(1)));
    List<Round> measured = new ArrayList<>();
    Map<String, Long> rows = Map.of();
    long samples = 0;
    long bytes = 0;
    Path exported = Files.createDirectory(folder.resolve("rows"));
    for (int round = -WARM_UP; round < rounds; round++) {
      Drain drain = drain(tables, broker, writer, workload, "bench-" + (round + WARM_UP));
      rows = tables.rows();
      if (round < 0) {
        continue; // The compiler has seen what follows.
      }
      samples = tables.samples();
      bytes = tables.export(exported);
      tables.empty();
      Tables.Copied copy = tables.copy(exported);
      if (!tables.rows().equals(rows)) {
        throw new BenchException(ErrorId.BENCH_STORE, "COPY stored other rows than the writer.");
      }
      measured.add(new Round(drain.seconds(), drain.cpu(), copy.seconds(), copy.cpu()));
      StoreReport.printRound(out, measured.getLast(), steps * (long) Workload.RANKS);
    }
    tables.empty();
    Visibility visibility = Visibility.measure(tables, broker, workload, visibleSeconds);
    writer.requireAlive();
    return new StoreReport(steps, rows, samples, bytes, measured, visibility);
  }

  private record Drain(double seconds, CpuTime cpu) {}

  /** From Kafka into empty tables, by a writer that is warm. */
  private Drain drain(
      Tables tables, Broker broker, WriterProcess writer, Workload workload, String run)
      throws IOException, BenchException, SQLException {
    tables.empty();
    tables.close();
    long before = broker.stored();
    for (long step = 0; step < steps; step++) {
      for (int rank = 0; rank < Workload.RANKS; rank++) {
        broker.send(workload.telemetry(run, step, rank));
      }
      broker.send(workload.signals(run, step));
    }
    broker.flush();
    long all = broker.sent();
    tables.open();
    long deadline = System.nanoTime() + DRAIN_LIMIT.toNanos();
    long first = before;
    long firstNanos = 0;
    CpuTime.Reading begin = CpuTime.Reading.of(writer, tables.server());
    while (true) {
      long stored = broker.stored();
      long now = System.nanoTime();
      if (firstNanos == 0 && stored > before) {
        first = stored;
        firstNanos = now;
      }
      if (stored >= all) {
        // What was in the first look is taken at the speed of the rest.
        return new Drain(
            (now - firstNanos) / 1e9 * (all - before) / Math.max(1, all - first),
            CpuTime.Reading.of(writer, tables.server()).since(begin));
      }
      if (now > deadline) {
        throw new BenchException(
            ErrorId.BENCH_STORE, "the writer has not stored all within " + DRAIN_LIMIT + ".");
      }
      writer.requireAlive();
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
