package io.evenkeel.bench.detection;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The figures; the JSON names are released and never change. A figure that cannot be told, as the
 * recall of nothing expected, is null.
 *
 * @param recall share of what had to fire that fired in time
 * @param falsePerTenThousand pages outside all windows per 10,000 healthy steps
 * @param medianDelay median steps from the first at which it could be seen to the alert
 * @param expected what had to fire
 * @param found of that, what fired
 * @param falseFirings pages outside all windows
 * @param healthySteps steps outside all windows
 * @param cases one by one
 * @param peers published rules on the same cases, by name
 * @param realLogs labelled real logs; null where none were played
 */
record DetectionReport(
    @JsonProperty("recall") @Nullable Double recall,
    @JsonProperty("false_firings_per_10k_steps") @Nullable Double falsePerTenThousand,
    @JsonProperty("median_delay_steps") @Nullable Double medianDelay,
    @JsonProperty("expected") long expected,
    @JsonProperty("found") long found,
    @JsonProperty("false_firings") long falseFirings,
    @JsonProperty("healthy_steps") long healthySteps,
    @JsonProperty("cases") List<CaseLine> cases,
    @JsonProperty("peers") Map<String, PeerLine> peers,
    @JsonProperty("real_logs") @Nullable LogReport realLogs) {

  /**
   * A case.
   *
   * @param name of it
   * @param steps of the run
   * @param expected what had to fire
   * @param found of that, what fired
   * @param delays of what was found, steps
   * @param missed of what had to fire, in words
   * @param falseFirings in words
   */
  record CaseLine(
      @JsonProperty("name") String name,
      @JsonProperty("steps") long steps,
      @JsonProperty("expected") int expected,
      @JsonProperty("found") int found,
      @JsonProperty("delay_steps") List<Long> delays,
      @JsonProperty("missed") List<String> missed,
      @JsonProperty("false_firings") List<String> falseFirings) {

    static CaseLine of(CaseScore score) {
      return new CaseLine(
          score.name(),
          score.steps(),
          score.found().size() + score.missed().size(),
          score.found().size(),
          score.found().stream().map(CaseScore.Found::delay).toList(),
          score.missed().stream().map(CaseLine::words).toList(),
          score.falseFirings().stream().map(CaseLine::words).toList());
    }

    private static String words(Expectation missed) {
      return "%s on %s, steps %d to %d"
          .formatted(
              missed.rules().isEmpty()
                  ? "any rule"
                  : String.join("|", missed.rules().stream().sorted().toList()),
              missed.scope(),
              missed.firstStep(),
              missed.lastStep());
    }

    private static String words(Incident firing) {
      return "%s %s on %s at step %d"
          .formatted(firing.severity(), firing.rule(), firing.scope(), firing.firedStep())
          .toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A published rule.
   *
   * @param recall as above
   * @param falsePerTenThousand as above
   * @param medianDelay as above
   * @param recallOnItsSeries over what shows in loss or gradient norm alone
   */
  record PeerLine(
      @JsonProperty("recall") @Nullable Double recall,
      @JsonProperty("false_firings_per_10k_steps") @Nullable Double falsePerTenThousand,
      @JsonProperty("median_delay_steps") @Nullable Double medianDelay,
      @JsonProperty("recall_on_loss_and_gradient_norm") @Nullable Double recallOnItsSeries) {

    static PeerLine of(List<CaseScore> scores) {
      CaseScore.Totals totals = CaseScore.totals(scores);
      return new PeerLine(
          known(totals.recall()),
          known(totals.falsePerTenThousand()),
          boxed(CaseScore.medianDelay(scores)),
          known(visible(scores)));
    }

    private static double visible(List<CaseScore> scores) {
      long found =
          scores.stream()
              .flatMap(score -> score.found().stream())
              .filter(each -> each.expectation().showsInLossOrGradientNorm())
              .count();
      long missed =
          scores.stream()
              .flatMap(score -> score.missed().stream())
              .filter(Expectation::showsInLossOrGradientNorm)
              .count();
      return found + missed == 0 ? Double.NaN : (double) found / (found + missed);
    }
  }

  static DetectionReport of(List<CaseScore> own, Map<String, List<CaseScore>> peers) {
    CaseScore.Totals totals = CaseScore.totals(own);
    Map<String, PeerLine> lines = new LinkedHashMap<>();
    peers.forEach((name, scores) -> lines.put(name, PeerLine.of(scores)));
    return new DetectionReport(
        known(totals.recall()),
        known(totals.falsePerTenThousand()),
        boxed(CaseScore.medianDelay(own)),
        totals.expected(),
        totals.found(),
        totals.falseFirings(),
        totals.healthySteps(),
        own.stream().map(CaseLine::of).toList(),
        lines,
        null);
  }

  /** The same beside real logs. */
  DetectionReport with(LogReport logs) {
    return new DetectionReport(
        recall,
        falsePerTenThousand,
        medianDelay,
        expected,
        found,
        falseFirings,
        healthySteps,
        cases,
        peers,
        logs);
  }

  void print(PrintWriter out) {
    out.printf("%-36s %7s %9s %7s %6s%n", "case", "steps", "expected", "found", "false");
    for (CaseLine line : cases) {
      out.printf(
          Locale.ROOT,
          "%-36s %7d %9d %7d %6d%n",
          line.name(),
          line.steps(),
          line.expected(),
          line.found(),
          line.falseFirings().size());
      line.missed().forEach(words -> out.println("    missed  " + words));
      line.falseFirings().forEach(words -> out.println("    false   " + words));
    }
    out.printf(
        "%n%-36s %7s %12s %12s %22s%n",
        "rule", "recall", "false/10k", "delay", "recall loss, gradient");
    row(out, "evenkeel", recall, falsePerTenThousand, medianDelay, null);
    peers.forEach(
        (name, peer) ->
            row(
                out,
                name,
                peer.recall(),
                peer.falsePerTenThousand(),
                peer.medianDelay(),
                peer.recallOnItsSeries()));
    out.printf(
        Locale.ROOT,
        "%d of %d found, %d false firings in %,d healthy steps.%n",
        found,
        expected,
        falseFirings,
        healthySteps);
    LogReport logs = realLogs;
    if (logs != null) {
      out.println();
      logs.print(out);
    }
    out.flush();
  }

  private static void row(
      PrintWriter out,
      String name,
      @Nullable Double recall,
      @Nullable Double falsePerTenThousand,
      @Nullable Double delay,
      @Nullable Double visible) {
    out.printf(
        "%-36s %7s %12s %12s %22s%n",
        name,
        number("%.3f", recall),
        number("%.2f", falsePerTenThousand),
        number("%.1f", delay),
        number("%.3f", visible));
  }

  private static String number(String format, @Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : Double.valueOf(value);
  }

  private static @Nullable Double boxed(OptionalDouble value) {
    return value.isPresent() ? Double.valueOf(value.getAsDouble()) : null;
  }
}
