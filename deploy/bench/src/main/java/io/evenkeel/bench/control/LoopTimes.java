package io.evenkeel.bench.control;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.live.Latency;
import io.evenkeel.contract.error.ErrorId;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * How soon the loop closed at one pace.
 *
 * @param stepMillis length of a step
 * @param called steps that called for a command
 * @param applied of these, how many got theirs
 * @param refused commands that the trainer refused
 * @param nextStepShare share of those applied that the first step ran with that began after the
 *     telemetry was published
 * @param total from telemetry published to command applied
 * @param signals of this, until the signals stood in Kafka
 * @param decision then until the command stood in Kafka
 * @param application then until the step began that ran with it
 */
record LoopTimes(
    @JsonProperty("step_ms") long stepMillis,
    @JsonProperty("called") int called,
    @JsonProperty("applied") int applied,
    @JsonProperty("refused") long refused,
    @JsonProperty("next_step_share") double nextStepShare,
    @JsonProperty("published_to_applied") Latency total,
    @JsonProperty("published_to_signals") Latency signals,
    @JsonProperty("signals_to_command") Latency decision,
    @JsonProperty("command_to_applied") Latency application) {

  /**
   * One command's way, moments by {@link System#nanoTime}.
   *
   * @param step that called for it
   * @param published its telemetry
   * @param signals in Kafka
   * @param command in Kafka
   * @param applied when the step began that ran with it
   * @param appliedStep that step
   */
  record Way(
      long step, long published, long signals, long command, long applied, long appliedStep) {}

  /**
   * Of the ways of one run.
   *
   * @param called steps that called for a command
   * @throws BenchException if none was answered
   */
  static LoopTimes of(long stepMillis, int called, long refused, List<Way> ways)
      throws BenchException {
    if (ways.isEmpty()) {
      throw new BenchException(
          ErrorId.BENCH_LIVE,
          "none of " + called + " jumps of the loss was answered by a command.");
    }
    // Step s + 1 begins as the telemetry of s is published; s + 2 is the first that begins after.
    long next = ways.stream().filter(way -> way.appliedStep() <= way.step() + 2).count();
    return new LoopTimes(
        stepMillis,
        called,
        ways.size(),
        refused,
        (double) next / ways.size(),
        latency(ways, way -> way.applied() - way.published()),
        latency(ways, way -> way.signals() - way.published()),
        latency(ways, way -> way.command() - way.signals()),
        latency(ways, way -> way.applied() - way.command()));
  }

  private static Latency latency(List<Way> ways, ToDoubleFunction<Way> nanos) {
    return Latency.of(ways.stream().mapToDouble(nanos).map(n -> n / 1e6).toArray());
  }

  /** All of it by name, for people. */
  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "Steps of %d ms: %d of %d commands applied, %d refused, %.1f %% by the next step%n",
        stepMillis,
        applied,
        called,
        refused,
        100 * nextStepShare);
    total.print(out, "  telemetry published to command applied");
    signals.print(out, "    signals");
    decision.print(out, "    then command");
    application.print(out, "    then applied");
  }
}
