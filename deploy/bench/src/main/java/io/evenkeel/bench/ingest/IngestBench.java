package io.evenkeel.bench.ingest;

import io.evenkeel.bench.BenchException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Measures. */
final class IngestBench {

  private static final String PROTOBUF = "application/x-protobuf";
  private static final String NDJSON = "application/x-ndjson";
  private static final double MICROS = 1e3;
  private static final int MIN_WARM_UPS = 3;
  private static final int MAX_WARM_UPS = 12;
  private static final double FASTER = 1.03;

  private final int rounds;
  private final double seconds;

  /**
   * A bench.
   *
   * @param rounds turns of Kafka and the gateway for each kind of record
   * @param seconds of each turn
   */
  IngestBench(int rounds, double seconds) {
    this.rounds = rounds;
    this.seconds = seconds;
  }

  IngestReport measure(PrintWriter out) throws BenchException, IOException {
    Path folder = Files.createTempDirectory("evenkeel-bench-ingest");
    try (Broker broker = new Broker(folder.resolve("kafka"));
        GatewayProcess gateway = GatewayProcess.start(broker.bootstrap(), folder.resolve("data"));
        HttpLoad load = new HttpLoad(gateway.telemetry())) {
      List<IngestReport.Kind> kinds = new ArrayList<>();
      for (Workload workload : List.of(Workload.moe(), Workload.dense())) {
        kinds.add(measure(workload, broker, gateway, load, out));
      }
      return new IngestReport(kinds);
    } finally {
      delete(folder);
    }
  }

  private IngestReport.Kind measure(
      Workload workload, Broker broker, GatewayProcess gateway, HttpLoad load, PrintWriter out)
      throws BenchException {
    warmUp(workload, broker, load);
    List<IngestReport.Round> measured = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      measured.add(round(workload, broker, gateway, load));
      out.printf(
          Locale.ROOT,
          "%s: Kafka %.0f records/s, gateway %.0f%n",
          workload.name(),
          measured.getLast().kafka(),
          measured.getLast().gateway());
      out.flush();
    }
    double speed =
        measured.stream()
            .mapToDouble(IngestReport.Round::gateway)
            .sorted()
            .skip((rounds - 1) / 2)
            .findFirst()
            .orElseThrow();
    List<Double> half =
        load.pace(workload.bodies(), PROTOBUF, speed / 2 / workload.batch(), 2 * seconds);
    double json = load.send(workload.jsonBodies(), NDJSON, workload.batch(), seconds);
    return new IngestReport.Kind(
        workload.name(),
        workload.recordBytes(),
        workload.batch(),
        measured,
        json,
        IngestReport.Latency.of(half));
  }

  /** Until the compilers of both processes are through: until it gets no faster any more. */
  private void warmUp(Workload workload, Broker broker, HttpLoad load) throws BenchException {
    double best = 0;
    for (int i = 0; i < MAX_WARM_UPS; i++) {
      broker.produce(workload, seconds / 2);
      double speed = load.send(workload.bodies(), PROTOBUF, workload.batch(), seconds);
      if (i >= MIN_WARM_UPS && speed < best * FASTER) {
        return;
      }
      best = Math.max(best, speed);
    }
  }

  private IngestReport.Round round(
      Workload workload, Broker broker, GatewayProcess gateway, HttpLoad load)
      throws BenchException {
    Duration ownBefore = ownCpu();
    double kafka = broker.produce(workload, seconds);
    Duration ownBetween = ownCpu();
    Duration gatewayBefore = gateway.cpu();
    double through = load.send(workload.bodies(), PROTOBUF, workload.batch(), seconds);
    return new IngestReport.Round(
        kafka,
        through,
        ownBetween.minus(ownBefore).toNanos() / MICROS / (kafka * seconds),
        ownCpu().minus(ownBetween).toNanos() / MICROS / (through * seconds),
        gateway.cpu().minus(gatewayBefore).toNanos() / MICROS / (through * seconds));
  }

  private static Duration ownCpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
