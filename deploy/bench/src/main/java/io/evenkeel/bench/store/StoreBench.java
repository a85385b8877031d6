package io.evenkeel.bench.store;

import com.fasterxml.jackson.annotation.JsonProperty;
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
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The course of the measurement. */
final class StoreBench {
  /** Rounds before those that count: the writer's code is compiled meanwhile. */
  private static final int WARM_UP = 3;

  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(2);
  private static final long LOOK_NANOS = 20_000_000;

  /** Times that another database writes the same, each time anew. */
  private static final int PEER_TURNS = 3;

  /** Where the time of the steps begins in other databases, ns since 1970. */
  private static final long START_NANOS = 1_700_000_000_000_000_000L;

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
    Optional<LineProtocol.Requests> lines = Optional.empty();
    Path exported = Files.createDirectory(folder.resolve("rows"));
    for (int round = -WARM_UP; round < rounds; round++) {
      Drain drain = drain(tables, broker, writer, workload, "bench-" + (round + WARM_UP));
      rows = tables.rows();
      if (round < 0) {
        continue; // The compiler has seen what follows.
      }
      samples = tables.samples();
      bytes = tables.export(exported);
      if (lines.isEmpty() && !installed().isEmpty()) {
        Path folderOfLines = Files.createDirectory(folder.resolve("lines"));
        lines = Optional.of(LineProtocol.write(tables, folderOfLines, START_NANOS));
      }
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
    List<Peer> peers = lines.isEmpty() ? List.of() : peers(lines.get(), folder);
    return new StoreReport(steps, rows, samples, bytes, measured, visibility, peers);
  }

  /** The databases to compare with that are here. */
  private static List<TimeSeriesServer.Kind> installed() {
    return Arrays.stream(TimeSeriesServer.Kind.values())
        .filter(kind -> kind.installed().isPresent())
        .toList();
  }

  /**
   * Another database's speed with the numbers of one round.
   *
   * @param name of the database
   * @param samplesPerSecond numbers written a second, until acknowledged: the best of the turns
   */
  record Peer(
      @JsonProperty("name") String name, @JsonProperty("samples_per_s") double samplesPerSecond) {}

  private static List<Peer> peers(LineProtocol.Requests lines, Path folder)
      throws IOException, BenchException {
    List<Peer> peers = new ArrayList<>();
    for (TimeSeriesServer.Kind kind : installed()) {
      double seconds = Double.MAX_VALUE;
      for (int turn = 0; turn < PEER_TURNS; turn++) {
        Path home = folder.resolve(kind + "-" + turn);
        try (TimeSeriesServer server =
            TimeSeriesServer.start(kind, kind.installed().orElseThrow(), home)) {
          seconds = Math.min(seconds, server.write(lines.bodies()));
        }
      }
      peers.add(new Peer(kind.name().toLowerCase(Locale.ROOT), lines.samples() / seconds));
    }
    return peers;
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
