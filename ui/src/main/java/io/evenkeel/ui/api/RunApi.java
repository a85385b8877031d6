package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.runs.RunsReader;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Runs. */
@RestController
class RunApi {
  private final RunsReader runs;
  private final ApiQueries queries;
  private final Clock clock;

  RunApi(RunsReader runs, ApiQueries queries, Clock clock) {
    this.runs = runs;
    this.queries = queries;
    this.clock = clock;
  }

  @GetMapping("/api/v1/runs")
  @Needs(Role.VIEWER)
  Page<RunResource> list(
      @RequestParam(defaultValue = "") String status,
      @RequestParam(defaultValue = "") String search,
      @RequestParam(defaultValue = Page.DEFAULT) int limit,
      @RequestParam(defaultValue = "") String after) {
    Page<ApiQueries.RunKey> keys =
        Page.of(
            queries.runs(status, search, Page.after(after, 2), Page.limit(limit)),
            limit,
            key -> List.of(key.startedAt(), key.run()));
    List<RunResource> found = new ArrayList<>();
    for (ApiQueries.RunKey key : keys.items()) {
      runs.find(key.run()).ifPresent(header -> found.add(RunResource.of(header, clock.instant())));
    }
    return new Page<>(found, keys.next());
  }

  @GetMapping("/api/v1/runs/{run}")
  @Needs(Role.VIEWER)
  RunResource one(@PathVariable String run) {
    return RunResource.of(known(runs, run), clock.instant());
  }

  /**
   * The run of a path.
   *
   * @throws Refusal 404 if there is none
   */
  static RunHeader known(RunsReader runs, String run) {
    return runs.find(run)
        .orElseThrow(() -> Refusal.notFound(ErrorId.RUN_UNKNOWN, "There is no run of this name."));
  }
}
