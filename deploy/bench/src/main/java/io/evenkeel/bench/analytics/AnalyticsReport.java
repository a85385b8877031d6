package io.evenkeel.bench.analytics;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.bench.live.Latency;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What {@code bench analytics} tells.
 *
 * @param ranks of the runs measured
 * @param recordBytes mean size of a record
 * @param rounds measured
 * @param topCosts where the processor time goes
 * @param halfLoad latency at half of one slot's speed
 * @param stateBytes a checkpoint with one run in it
 * @param rankCosts processor time of a step by its ranks
 * @param large the largest model; null if not measured
 */
record AnalyticsReport(
    @JsonProperty("ranks") int ranks,
    @JsonProperty("record_bytes") double recordBytes,
    @JsonProperty("rounds") List<Round> rounds,
    @JsonProperty("top_costs") List<Profile.Cost> topCosts,
    @JsonProperty("half_load") HalfLoad.Result halfLoad,
    @JsonProperty("state_bytes_per_run") long stateBytes,
    @JsonProperty("rank_costs") List<RankCost> rankCosts,
    @JsonProperty("large") @Nullable Large large) {

  /**
   * One turn of all sides.
   *
   * @param decodePerSecond records a second by bare decoding on one core
   * @param decodePerCpuSecond the same a second of processor time
   * @param one one run by the job with one slot on one core
   * @param oneOfSeveral several runs by the same
   * @param two one run by the job with two slots on two cores
   * @param twoOfSeveral several runs by the same
   * @param warmUpCpuSeconds processor time of the job with one slot until its compiler is quiet
   */
  record Round(
      @JsonProperty("decode_records_per_s") double decodePerSecond,
      @JsonProperty("decode_records_per_cpu_s") double decodePerCpuSecond,
      @JsonProperty("one_slot") Speed one,
      @JsonProperty("one_slot_several_runs") Speed oneOfSeveral,
      @JsonProperty("two_slots") Speed two,
      @JsonProperty("two_slots_several_runs") Speed twoOfSeveral,
      @JsonProperty("warm_up_cpu_s") double warmUpCpuSeconds) {

    /** Of processor time, which other load on the machine does not take. */
    @JsonProperty("ratio_to_decode")
    double ratioToDecode() {
      return one.recordsPerCpuSecond() / decodePerCpuSecond;
    }

    @JsonProperty("scaling_two_slots")
    double scaling() {
      return twoOfSeveral.recordsPerSecond() / oneOfSeveral.recordsPerSecond();
    }

    @JsonProperty("scaling_two_slots_one_run")
    double scalingOfOneRun() {
      return two.recordsPerSecond() / one.recordsPerSecond();
    }

    /**
     * What two slots could bring at most: on two cores the broker needs its share of the second,
     * while one slot has a core of its own and the broker the other. With more cores, 2.
     */
    @JsonProperty("scaling_limit")
    double scalingLimit() {
      if (Runtime.getRuntime().availableProcessors() > 2) {
        return 2;
      }
      double job = 1 / oneOfSeveral.recordsPerCpuSecond();
      return 2 * job / (job + twoOfSeveral.brokerSecondsPerRecord());
    }

    void print(PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "decoding alone %.0f records/s (%.0f a second of processor time); one slot %.0f (%.0f),"
              + " ratio %.2f, its compilers took %.2f cores more; before, %.0f s of processor time to"
              + " start and to compile%n",
          decodePerSecond,
          decodePerCpuSecond,
          one.recordsPerSecond(),
          one.recordsPerCpuSecond(),
          ratioToDecode(),
          one.compilerCores(),
          warmUpCpuSeconds);
      out.printf(
          Locale.ROOT,
          "several runs: one slot %.0f records/s, two slots %.0f, %.2f times one (one run %.2f times);"
              + " the job had %.2f cores and the broker %.2f, which leaves at most %.2f times%n",
          oneOfSeveral.recordsPerSecond(),
          twoOfSeveral.recordsPerSecond(),
          scaling(),
          scalingOfOneRun(),
          twoOfSeveral.jobCores(),
          twoOfSeveral.brokerCores(),
          scalingLimit());
      out.flush();
    }
  }

  /**
   * What a step costs.
   *
   * @param ranks of the run
   * @param cpuMicrosPerStep processor time
   */
  record RankCost(
      @JsonProperty("ranks") int ranks,
      @JsonProperty("cpu_micros_per_step") double cpuMicrosPerStep) {}

  /**
   * 28 layers of 768 experts, two slots.
   *
   * @param ranks of the run
   * @param stepsPerSecond merged
   * @param bytesPerStep of telemetry
   * @param cpuSecondsPerStep processor time
   */
  record Large(
      @JsonProperty("ranks") int ranks,
      @JsonProperty("steps_per_s") double stepsPerSecond,
      @JsonProperty("bytes_per_step") double bytesPerStep,
      @JsonProperty("cpu_seconds_per_step") double cpuSecondsPerStep) {}

  AnalyticsReport {
    rounds = List.copyOf(rounds);
    topCosts = List.copyOf(topCosts);
    rankCosts = List.copyOf(rankCosts);
  }

  @JsonProperty("ratio_to_decode")
  double ratioToDecode() {
    return median(rounds, Round::ratioToDecode);
  }

  @JsonProperty("scaling_two_slots")
  double scaling() {
    return median(rounds, Round::scaling);
  }

  @JsonProperty("scaling_two_slots_one_run")
  double scalingOfOneRun() {
    return median(rounds, Round::scalingOfOneRun);
  }

  @JsonProperty("scaling_limit")
  double scalingLimit() {
    return median(rounds, Round::scalingLimit);
  }

  /** Cores that the broker takes while two slots read several runs. */
  @JsonProperty("broker_cores")
  double brokerCores() {
    return median(rounds, round -> round.twoOfSeveral().brokerCores());
  }

  @JsonProperty("records_per_s")
  double recordsPerSecond() {
    return medianOneSlot(rounds);
  }

  @JsonProperty("signal_p99_ms")
  double signalP99() {
    return halfLoad.signals().p99();
  }

  @JsonProperty("alert_p99_ms")
  double alertP99() {
    return halfLoad.alerts().p99();
  }

  /** Cost of a step as a line over its ranks, microseconds of processor time. */
  @JsonProperty("rank_cost_fit")
  LinearFit fit() {
    return LinearFit.of(
        rankCosts.stream().mapToDouble(RankCost::ranks).toArray(),
        rankCosts.stream().mapToDouble(RankCost::cpuMicrosPerStep).toArray());
  }

  static double medianOneSlot(List<Round> rounds) {
    return median(rounds, round -> round.one().recordsPerSecond());
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%d ranks, %.0f bytes a record: ratio to decoding %.2f, two slots %.2f times one"
            + " (at most %.2f here: the broker takes %.2f cores), %.0f records/s on one core%n",
        ranks,
        recordBytes,
        ratioToDecode(),
        scaling(),
        scalingLimit(),
        brokerCores(),
        recordsPerSecond());
    out.println("largest costs of the job:");
    topCosts.forEach(
        cost -> out.printf(Locale.ROOT, "  %4.1f %%  %s%n", 100 * cost.share(), cost.name()));
    print(out, "signals", halfLoad.signals());
    print(out, "alerts", halfLoad.alerts());
    out.printf(
        Locale.ROOT, "state of one run, with all that a checkpoint holds: %d bytes%n", stateBytes);
    rankCosts.forEach(
        cost ->
            out.printf(
                Locale.ROOT,
                "  %4d ranks: %.0f us of processor time a step%n",
                cost.ranks(),
                cost.cpuMicrosPerStep()));
    out.printf(
        Locale.ROOT,
        "  as a line: %.0f us + %.1f us a rank, R^2 %.4f%n",
        fit().intercept(),
        fit().slope(),
        fit().determination());
    if (large != null) {
      out.printf(
          Locale.ROOT,
          "%d ranks x 28 layers x 768 experts: %.3f steps/s with two slots, %.0f bytes a step,"
              + " %.2f s of processor time a step%n",
          large.ranks(),
          large.stepsPerSecond(),
          large.bytesPerStep(),
          large.cpuSecondsPerStep());
    }
    out.flush();
  }

  private void print(PrintWriter out, String what, Latency latency) {
    out.printf(
        Locale.ROOT,
        "%s at %.0f records/s: p50 %.1f ms, p99 %.1f ms, longest %.1f ms of %d%n",
        what,
        halfLoad.recordsPerSecond(),
        latency.p50(),
        latency.p99(),
        latency.longest(),
        latency.count());
  }
}
