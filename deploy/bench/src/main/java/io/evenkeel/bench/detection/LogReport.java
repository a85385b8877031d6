package io.evenkeel.bench.detection;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.bench.BenchException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How our alerts do on labelled logs.
 *
 * @param families by family: events, found, false firings, observations
 * @param missed events, in words
 * @param falseFirings in words
 * @param firings all alerts on metrics of the logs
 */
record LogReport(
    @JsonProperty("families") Map<String, FamilyLine> families,
    @JsonProperty("missed") List<String> missed,
    @JsonProperty("false_firings") List<String> falseFirings,
    @JsonIgnore List<Firing> firings) {

  /**
   * One family.
   *
   * @param events that have to be found
   * @param found of them
   * @param falseFirings outside all events
   * @param observations of all series
   * @param falsePerTenThousand observations
   * @param largestDelay of events found, observations
   */
  record FamilyLine(
      @JsonProperty("events") int events,
      @JsonProperty("found") int found,
      @JsonProperty("false_firings") int falseFirings,
      @JsonProperty("observations") int observations,
      @JsonProperty("false_firings_per_10k_observations") double falsePerTenThousand,
      @JsonProperty("largest_delay_observations") int largestDelay) {

    private FamilyLine and(LogScore.Score score) {
      List<LogScore.Verdict> events =
          score.verdicts().stream()
              .filter(verdict -> verdict.event().label().kind() == LabelledLog.Kind.EVENT)
              .toList();
      int wrong = falseFirings + score.falseFirings().size();
      int seen = observations + score.observations();
      return new FamilyLine(
          this.events + events.size(),
          found + (int) events.stream().filter(LogScore.Verdict::found).count(),
          wrong,
          seen,
          seen == 0 ? 0 : 1e4 * wrong / seen,
          events.stream()
              .filter(LogScore.Verdict::found)
              .mapToInt(LogScore.Verdict::delay)
              .reduce(largestDelay, Math::max));
    }
  }

  /** Plays and scores all logs. */
  static LogReport of(List<LabelledLog> logs) throws BenchException {
    Map<String, FamilyLine> families = new LinkedHashMap<>();
    for (MetricFamily family : MetricFamily.values()) {
      families.put(family.toString(), new FamilyLine(0, 0, 0, 0, 0, 0));
    }
    List<String> missed = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    List<Firing> all = new ArrayList<>();
    for (LabelledLog log : logs) {
      List<Firing> firings = Firing.of(log, Playback.of(log.telemetry()).incidents());
      all.addAll(firings);
      for (String metric : log.metrics().keySet()) {
        MetricFamily.ofMetric(metric)
            .ifPresent(
                family -> {
                  LogScore.Score score = LogScore.of(log, metric, firings);
                  families.computeIfPresent(family.toString(), (name, line) -> line.and(score));
                  tell(log, metric, score, missed, wrong);
                });
      }
    }
    return new LogReport(families, missed, wrong, all);
  }

  private static void tell(
      LabelledLog log,
      String metric,
      LogScore.Score score,
      List<String> missed,
      List<String> wrong) {
    LabelledLog.Values values = log.metrics().getOrDefault(metric, new LabelledLog.Values());
    for (LogScore.Verdict verdict : score.verdicts()) {
      if (!verdict.found() && verdict.event().label().kind() == LabelledLog.Kind.EVENT) {
        missed.add(
            String.format(
                Locale.ROOT,
                "%s %s at step %.0f (%s)",
                log.name(),
                metric,
                verdict.event().label().start(),
                verdict.event().label().word()));
      }
    }
    for (LogScore.Run run : score.falseFirings()) {
      wrong.add(
          String.format(
              Locale.ROOT,
              "%s %s at step %d (observation %d, value %.5g) by %s",
              log.name(),
              metric,
              values.step(run.from()),
              run.from(),
              values.value(run.from()),
              String.join("+", run.rules().stream().distinct().toList())));
    }
  }

  void print(PrintWriter out) {
    out.printf(
        "%-14s %7s %7s %7s %12s %10s %14s%n",
        "real logs", "events", "found", "false", "observations", "false/10k", "largest delay");
    families.forEach(
        (name, line) ->
            out.printf(
                Locale.ROOT,
                "%-14s %7d %7d %7d %12d %10.2f %14d%n",
                name,
                line.events(),
                line.found(),
                line.falseFirings(),
                line.observations(),
                line.falsePerTenThousand(),
                line.largestDelay()));
    missed.forEach(words -> out.println("    missed  " + words));
    falseFirings.forEach(words -> out.println("    false   " + words));
    out.flush();
  }
}
