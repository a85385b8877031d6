package io.evenkeel.bench.analytics;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.topic.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
  private static final int RUNS = 4;
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
    List<AnalyticsReport.Round> rounds = new ArrayList<>();
    long stateBytes = 0;
    for (int i = 0; i < extent.rounds(); i++) {
      Drain one = drain(broker, folder, 1, Cores.ONE, List.of());
      Decoded decode = decode(broker, folder);
      Drain two = drain(broker, folder, 2, Cores.TWO, List.of());
      stateBytes = one.stateBytes();
      AnalyticsReport.Round round =
          new AnalyticsReport.Round(
              decode.records() / decode.seconds(),
              decode.records() / decode.cpuSeconds(),
              Speed.of(one.run()),
              Speed.of(one.runs()),
              Speed.of(two.run()),
              Speed.of(two.runs()),
              one.warmUpCpuSeconds());
      rounds.add(round);
      round.print(out);
    }
    Path recording = folder.resolve("job.jfr");
    Drain recorded =
        drain(
            broker,
            folder,
            1,
            Cores.ONE,
            List.of(
                "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + recording,
                "-Xlog:jfr*=off"));
    List<Profile.Cost> costs = Profile.of(recording, recorded.settled(), TOP_COSTS);
    double half = AnalyticsReport.medianOneSlot(rounds) / 2;
    HalfLoad.Result latency;
    List<AnalyticsReport.RankCost> rankCosts;
    try (Service service = warm(broker, folder, 1, Cores.ALL, List.of())) {
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

  /** The steps of runs that keep step, all ranks of each, into Kafka. */
  private static void send(
      Broker broker, Workload workload, List<String> runs, int ranks, long first, long steps) {
    for (long step = first; step < first + steps; step++) {
      for (String run : runs) {
        for (int rank = 0; rank < ranks; rank++) {
          broker.send(run, rank, workload.record(run, step, rank, ranks));
        }
      }
    }
    broker.flush();
  }

  private record Decoded(long records, double seconds, double cpuSeconds) {}

  /** Bare decoding of all telemetry there is, of which as much warms up as with the job. */
  private Decoded decode(Broker broker, Path folder) throws IOException, BenchException {
    Path log = Files.createTempFile(folder, "decode", ".log");
    long records = broker.written(Topics.TELEMETRY);
    try (Child child =
        Child.start(
            Cores.ONE,
            List.of(),
            Map.of(),
            log,
            BareDecode.class.getName(),
            broker.bootstrap(),
            Long.toString(records),
            Long.toString(extent.warmUpSteps() * Workload.RANKS))) {
      child.await(BareDecode.WARM, DECODE_LIMIT);
      child.awaitQuiet();
      child.hold(Cores.ONE);
      child.goOn();
      String[] result = child.await(BareDecode.RESULT, DECODE_LIMIT).split(" ", -1);
      return new Decoded(
          Long.parseLong(result[1]), Double.parseDouble(result[2]), Double.parseDouble(result[3]));
    }
  }

  private record Drain(
      Service.Work run,
      Service.Work runs,
      long stateBytes,
      double warmUpCpuSeconds,
      Instant settled) {}

  /**
   * The whole job, warm: a backlog of one run, and then one of several. The first of each is not
   * counted: it is read while the rest is still being sent.
   */
  private Drain drain(Broker broker, Path folder, int slots, Cores cores, List<String> options)
      throws IOException, BenchException {
    try (Service service = warm(broker, folder, slots, cores, options)) {
      Instant settled = Instant.now();
      double warmUp = service.cpuSeconds();
      long warm = broker.written(Topics.SIGNALS);
      long afterRun = warm + extent.steps();
      List<String> run = List.of(warmUpRun());
      send(broker, middling, run, Workload.RANKS, extent.warmUpSteps(), extent.steps());
      Service.Work one = service.between(warm + extent.steps() / 8, afterRun);
      long stateBytes = service.checkpointBytes();
      List<String> several = Broker.evenRuns("several", Workload.RANKS, RUNS);
      int each = extent.steps() / RUNS;
      send(broker, middling, several, Workload.RANKS, 0, each);
      Service.Work more =
          service.between(afterRun + extent.steps() / 8, afterRun + (long) each * RUNS);
      return new Drain(one, more, stateBytes, warmUp, settled);
    }
  }

  /** A service that has been through a backlog and has compiled what it needed for that. */
  private Service warm(Broker broker, Path folder, int slots, Cores cores, List<String> options)
      throws IOException, BenchException {
    broker.clear();
    broker.skip();
    long begun = broker.written(Topics.SIGNALS);
    Service service = Service.start(broker, folder, slots, cores, options);
    try {
      send(broker, middling, List.of(warmUpRun()), Workload.RANKS, 0, extent.warmUpSteps());
      service.awaitSteps(begun + extent.warmUpSteps());
      service.settle(cores);
      return service;
    } catch (IOException | BenchException | RuntimeException e) {
      service.close();
      throw e;
    }
  }

  private static String warmUpRun() {
    return Broker.evenRun("throughput", Workload.RANKS);
  }

  /** Processor time of a step by its ranks; the first runs are for the compiler. */
  private List<AnalyticsReport.RankCost> rankCosts(Broker broker, Service service)
      throws IOException, BenchException {
    List<AnalyticsReport.RankCost> costs = new ArrayList<>();
    for (int ranks : RANKS) {
      int steps = RECORDS_PER_RANKS / ranks;
      double begin = service.workSeconds();
      long before = broker.written(Topics.SIGNALS);
      String run = ranks > MOST_EVEN ? "ranks-" + ranks : Broker.evenRun("ranks-" + ranks, ranks);
      send(broker, middling, List.of(run), ranks, 0, steps);
      service.awaitSteps(before + steps);
      costs.add(new AnalyticsReport.RankCost(ranks, 1e6 * (service.workSeconds() - begin) / steps));
    }
    return costs;
  }

  private AnalyticsReport.@Nullable Large large(Broker broker, Path folder)
      throws IOException, BenchException {
    Workload workload = Workload.large();
    broker.skip();
    // One step more than is counted: the first is for the compiler.
    send(broker, workload, List.of("large"), LARGE_RANKS, 0, extent.largeSteps() + 1L);
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
