package io.evenkeel.bench.analytics;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.topic.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The course of the measurement. */
final class AnalyticsBench {
  private static final int[] RANKS = {1, 4, 16, 64, 256};

  /** Beyond, a run has so few steps that no rank gets far ahead. */
  private static final int MOST_EVEN = 16;

  private static final int RECORDS_PER_RANKS = 4_096;
  private static final int LARGE_RANKS = 1_024;
  private static final int TOP_COSTS = 5;
  private static final Duration DECODE_LIMIT = Duration.ofMinutes(3);

  private final Extent extent;
  private final Workload middling = Workload.middling();

  AnalyticsBench(Extent extent) {
    this.extent = extent;
  }

  /** Measures; the lines of progress go to {@code out}. */
  AnalyticsReport measure(PrintWriter out) throws IOException, BenchException {
    Path folder = Files.createTempDirectory("evenkeel-bench-analytics");
    try (Broker broker = new Broker(folder)) {
      return measure(broker, folder, out);
    } finally {
      delete(folder);
    }
  }

  private AnalyticsReport measure(Broker broker, Path folder, PrintWriter out)
      throws IOException, BenchException {
    String run = Broker.evenRun("throughput", Workload.RANKS);
    send(broker, middling, run, Workload.RANKS, extent.steps());
    List<AnalyticsReport.Round> rounds = new ArrayList<>();
    long stateBytes = 0;
    for (int i = 0; i < extent.rounds(); i++) {
      Service.Work decode = decode(broker, folder);
      Drain one = drain(broker, folder, 1, Cores.ONE, List.of());
      Drain two = drain(broker, folder, 2, Cores.TWO, List.of());
      stateBytes = one.stateBytes();
      AnalyticsReport.Round round =
          new AnalyticsReport.Round(
              decode.steps() / decode.seconds(),
              decode.steps() / decode.cpuSeconds(),
              one.work().steps() * Workload.RANKS / one.work().seconds(),
              one.work().steps() * Workload.RANKS / one.work().cpuSeconds(),
              two.work().steps() * Workload.RANKS / two.work().seconds());
      rounds.add(round);
      round.print(out);
    }
    Path recording = folder.resolve("job.jfr");
    drain(
        broker,
        folder,
        1,
        Cores.ONE,
        List.of(
            "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + recording,
            "-Xlog:jfr*=off"));
    List<Profile.Cost> costs = Profile.of(recording, TOP_COSTS);
    double half = AnalyticsReport.medianOneSlot(rounds) / 2;
    broker.skip();
    HalfLoad.Result latency;
    List<AnalyticsReport.RankCost> rankCosts;
    try (Service service = Service.start(broker, folder, 1, Cores.ALL, List.of())) {
      latency = new HalfLoad(broker, middling).measure(half, extent.seconds());
      rankCosts = rankCosts(broker, service);
    }
    return new AnalyticsReport(
        Workload.RANKS,
        middling.recordBytes(),
        rounds,
        costs,
        latency,
        stateBytes,
        rankCosts,
        extent.largeSteps() == 0 ? null : large(broker, folder));
  }

  /** The steps of a run, all ranks of each, into Kafka. */
  private static void send(Broker broker, Workload workload, String run, int ranks, long steps) {
    for (long step = 0; step < steps; step++) {
      for (int rank = 0; rank < ranks; rank++) {
        broker.send(run, rank, workload.record(run, step, rank, ranks));
      }
    }
    broker.flush();
  }

  /** Bare decoding of all telemetry there is; {@code steps} are records. */
  private static Service.Work decode(Broker broker, Path folder)
      throws IOException, BenchException {
    Path log = Files.createTempFile(folder, "decode", ".log");
    try (Child child =
        Child.start(
            Cores.ONE,
            List.of(),
            Map.of(),
            log,
            BareDecode.class.getName(),
            broker.bootstrap(),
            Long.toString(broker.written(Topics.TELEMETRY)))) {
      String[] result = child.await(BareDecode.RESULT, DECODE_LIMIT).split(" ", -1);
      return new Service.Work(
          Long.parseLong(result[1]), Double.parseDouble(result[2]), Double.parseDouble(result[3]));
    }
  }

  private record Drain(Service.Work work, long stateBytes) {}

  /** The whole job over all telemetry there is; the first half is for the compiler. */
  private Drain drain(Broker broker, Path folder, int slots, Cores cores, List<String> options)
      throws IOException, BenchException {
    broker.rewind();
    long before = broker.written(Topics.SIGNALS);
    try (Service service = Service.start(broker, folder, slots, cores, options)) {
      Service.Work work = service.between(before + extent.steps() / 2, before + extent.steps());
      return new Drain(work, service.checkpointBytes());
    }
  }

  /** Processor time of a step by its ranks; the first runs are for the compiler. */
  private List<AnalyticsReport.RankCost> rankCosts(Broker broker, Service service)
      throws IOException, BenchException {
    List<AnalyticsReport.RankCost> costs = new ArrayList<>();
    for (int ranks : RANKS) {
      int steps = RECORDS_PER_RANKS / ranks;
      double begin = service.cpuSeconds();
      long before = broker.written(Topics.SIGNALS);
      String run = ranks > MOST_EVEN ? "ranks-" + ranks : Broker.evenRun("ranks-" + ranks, ranks);
      send(broker, middling, run, ranks, steps);
      service.awaitSteps(before + steps);
      costs.add(new AnalyticsReport.RankCost(ranks, 1e6 * (service.cpuSeconds() - begin) / steps));
    }
    return costs;
  }

  private AnalyticsReport.@Nullable Large large(Broker broker, Path folder)
      throws IOException, BenchException {
    Workload workload = Workload.large();
    broker.skip();
    // One step more than is counted: the first is for the compiler.
    send(broker, workload, "large", LARGE_RANKS, extent.largeSteps() + 1L);
    long before = broker.written(Topics.SIGNALS);
    try (Service service = Service.start(broker, folder, 2, Cores.TWO, List.of())) {
      Service.Work work = service.between(before + 1, before + 1 + extent.largeSteps());
      return new AnalyticsReport.Large(
          LARGE_RANKS,
          work.steps() / work.seconds(),
          LARGE_RANKS * workload.recordBytes(),
          work.cpuSeconds() / work.steps());
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }
}
