package io.evenkeel.bench.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What {@code bench store} tells.
 *
 * @param steps of each round
 * @param rows of each table after a round
 * @param samples numbers stored in a round, vectors counted by element
 * @param bytes of the rows in the format of binary COPY
 * @param rounds measured
 * @param visibility end to end
 * @param peers other databases that are installed
 */
record StoreReport(
    @JsonProperty("steps") int steps,
    @JsonProperty("rows") Map<String, Long> rows,
    @JsonProperty("samples") long samples,
    @JsonProperty("copy_bytes") long bytes,
    @JsonProperty("rounds") List<StoreBench.Round> rounds,
    @JsonProperty("visibility") Visibility visibility,
    @JsonProperty("peers") List<StoreBench.Peer> peers) {
  StoreReport {
    rounds = List.copyOf(rounds);
    peers = List.copyOf(peers);
  }

  @JsonProperty("ratio_to_copy")
  double ratioToCopy() {
    return median(StoreBench.Round::ratio);
  }

  @JsonProperty("observations_per_s")
  double observationsPerSecond() {
    return steps * (double) Workload.RANKS / drainSeconds();
  }

  @JsonProperty("copy_observations_per_s")
  double copyObservationsPerSecond() {
    return steps * (double) Workload.RANKS / median(StoreBench.Round::copySeconds);
  }

  @JsonProperty("records_per_s")
  double recordsPerSecond() {
    return steps * (double) Workload.recordsPerStep() / drainSeconds();
  }

  @JsonProperty("rows_per_s")
  double rowsPerSecond() {
    return rows.values().stream().mapToLong(Long::longValue).sum() / drainSeconds();
  }

  @JsonProperty("samples_per_s")
  double samplesPerSecond() {
    return samples / drainSeconds();
  }

  @JsonProperty("visible_p50_ms")
  double visibleP50() {
    return visibility.p50();
  }

  @JsonProperty("visible_p99_ms")
  double visibleP99() {
    return visibility.p99();
  }

  private double drainSeconds() {
    return median(StoreBench.Round::drainSeconds);
  }

  private double median(ToDoubleFunction<StoreBench.Round> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static void printRound(PrintWriter out, StoreBench.Round round, long observations) {
    out.printf(
        Locale.ROOT,
        "writer %.0f observations/s, bare COPY %.0f: ratio %.2f; processor time: writer %.1f s,"
            + " broker %.1f s, database %.1f s; COPY in the database %.1f s%n",
        observations / round.drainSeconds(),
        observations / round.copySeconds(),
        round.ratio(),
        round.drainCpu().writer(),
        round.drainCpu().broker(),
        round.drainCpu().database(),
        round.copyCpu());
    out.flush();
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "writer: %.0f observations/s, %.0f records/s, %.0f rows/s, %.0f samples/s%n"
            + "ratio to a bare COPY of the same rows: %.2f%n"
            + "visible in the views at %d records/s: p50 %.0f ms, p99 %.0f ms, longest %.0f ms%n",
        observationsPerSecond(),
        recordsPerSecond(),
        rowsPerSecond(),
        samplesPerSecond(),
        ratioToCopy(),
        Visibility.PER_SECOND,
        visibility.p50(),
        visibility.p99(),
        visibility.max());
    for (StoreBench.Peer peer : peers) {
      out.printf(
          Locale.ROOT,
          "%s: %.0f samples/s, of which the writer stores %.2f times as many%n",
          peer.name(),
          peer.samplesPerSecond(),
          samplesPerSecond() / peer.samplesPerSecond());
    }
    out.flush();
  }
}
