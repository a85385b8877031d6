package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.problem.Refusal.Flaw;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.runs.RunsReader;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Signals of a run: a metric over steps, and all of the last step. */
@RestController
class SignalApi {
  private static final int MOST_BUCKETS = 2_000;
  private static final int LONGEST_METRIC = 256;

  private final RunsReader runs;
  private final SignalQueries queries;

  SignalApi(RunsReader runs, SignalQueries queries) {
    this.runs = runs;
    this.queries = queries;
  }

  /**
   * A metric over steps.
   *
   * @param metric its name
   * @param series by name: empty for the run's own, or a layer, tensor or scope
   */
  record SeriesOf(String metric, Map<String, List<SignalQueries.Bucket>> series) {}

  /**
   * All of one step.
   *
   * @param step the step; null before the first
   * @param run figures of the whole model, by name
   * @param layers those of each MoE layer
   * @param knobs in force, by name, and scope after a slash
   */
  record Latest(
      @Nullable Long step,
      Map<String, Object> run,
      List<Map<String, Object>> layers,
      Map<String, Double> knobs) {}

  @GetMapping("/api/v1/runs/{run}/signals")
  @Needs(Role.VIEWER)
  SeriesOf series(
      @PathVariable String run,
      @RequestParam(defaultValue = "") String metric,
      @RequestParam(required = false) @Nullable Integer incarnation,
      @RequestParam(defaultValue = "0") long from,
      @RequestParam(required = false) @Nullable Long to,
      @RequestParam(defaultValue = "600") int buckets) {
    RunApi.known(runs, run);
    List<Flaw> flaws = new ArrayList<>();
    if (metric.isEmpty() || metric.length() > LONGEST_METRIC || metric.indexOf(0) >= 0) {
      flaws.add(new Flaw("metric", "is required, with at most 256 characters."));
    }
    if (from < 0 || (to != null && to < from)) {
      flaws.add(new Flaw("from", "must not be negative, nor above to."));
    }
    if (buckets < 1 || buckets > MOST_BUCKETS) {
      flaws.add(new Flaw("buckets", "must lie between 1 and " + MOST_BUCKETS + "."));
    }
    if (!flaws.isEmpty()) {
      throw Refusal.invalid(ErrorId.API_INVALID, flaws);
    }
    Map<String, List<SignalQueries.Bucket>> series = new LinkedHashMap<>();
    queries
        .series(run, incarnation, metric, from, to, buckets)
        .forEach(
            line ->
                series
                    .computeIfAbsent(line.series(), name -> new ArrayList<>())
                    .add(line.bucket()));
    return new SeriesOf(metric, series);
  }

  @GetMapping("/api/v1/runs/{run}/signals/latest")
  @Needs(Role.VIEWER)
  Latest latest(@PathVariable String run) {
    RunHeader header = RunApi.known(runs, run);
    Long last = header.lastStep();
    if (last == null) {
      return new Latest(null, Map.of(), List.of(), Map.of());
    }
    return queries.latest(run, last);
  }
}
