package io.evenkeel.standalone.rules;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.evenkeel.analytics.history.Backtest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where rules would have fired; the JSON names are released and never change.
 *
 * @param run the run
 * @param file the rule file
 * @param steps stored steps that were read
 * @param rules what each rule of the file did
 * @param hits incidents, in the order in which they fired
 */
record BacktestReport(
    @JsonProperty("run_id") String run,
    @JsonProperty("file") String file,
    @JsonProperty("steps") long steps,
    @JsonProperty("rules") List<Rule> rules,
    @JsonProperty("hits") List<Hit> hits) {

  /**
   * What a rule did.
   *
   * @param rule its id
   * @param judgedSteps steps at which all that it depends on was measured
   * @param incidents how often it fired, over all scopes
   */
  record Rule(
      @JsonProperty("rule") String rule,
      @JsonProperty("judged_steps") long judgedSteps,
      @JsonProperty("incidents") long incidents) {}

  /**
   * One incident.
   *
   * @param rule rule id
   * @param scope run, a layer, or {@code rule} where the rule itself failed
   * @param severity info, warning or critical
   * @param incarnation of the run
   * @param firedStep step at which it fired
   * @param resolvedStep step at which it resolved; null if it was open at the end
   * @param value what was seen at the firing
   * @param threshold its limit
   * @param summary a sentence for people
   */
  record Hit(
      @JsonProperty("rule") String rule,
      @JsonProperty("scope") String scope,
      @JsonProperty("severity") String severity,
      @JsonProperty("incarnation") int incarnation,
      @JsonProperty("fired_step") long firedStep,
      @JsonProperty("resolved_step") @Nullable Long resolvedStep,
      @JsonProperty("value") double value,
      @JsonProperty("threshold") double threshold,
      @JsonProperty("summary") String summary) {

    private static Hit of(Backtest.Incident incident) {
      return new Hit(
          incident.rule(),
          incident.scope(),
          incident.severity().name().toLowerCase(Locale.ROOT),
          incident.incarnation(),
          incident.firedStep(),
          incident.resolvedStep(),
          incident.value(),
          incident.threshold(),
          incident.summary());
    }
  }

  static BacktestReport of(String file, Backtest.Outcome outcome) {
    return new BacktestReport(
        outcome.run(),
        file,
        outcome.steps(),
        outcome.tallies().stream()
            .map(tally -> new Rule(tally.rule(), tally.judgedSteps(), tally.incidents()))
            .toList(),
        outcome.incidents().stream().map(Hit::of).toList());
  }

  void print(PrintStream out) {
    out.printf(Locale.ROOT, "  Run %s, %,d stored steps.%n", run, steps);
    if (!hits.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "  %-28s %-12s %-9s %10s %10s  %s%n",
          "rule",
          "scope",
          "severity",
          "fired",
          "resolved",
          "what");
    }
    for (Hit hit : hits) {
      out.printf(
          Locale.ROOT,
          "  %-28s %-12s %-9s %10d %10s  %s%n",
          hit.rule(),
          hit.scope(),
          hit.severity(),
          hit.firedStep(),
          Objects.toString(hit.resolvedStep(), "open"),
          hit.summary());
    }
    for (Rule rule : rules) {
      out.printf(
          Locale.ROOT,
          "  %s: %,d incident(s); judged %,d of %,d steps%s%n",
          rule.rule(),
          rule.incidents(),
          rule.judgedSteps(),
          steps,
          rule.judgedSteps() == 0 && steps > 0 ? " (what it depends on was never measured)" : "");
    }
  }

  /** Writes it as JSON; a reader sees the whole of it or nothing. */
  void write(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path fresh = target.resolveSibling(target.getFileName() + ".part");
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(fresh.toFile(), this);
    Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
