package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.control.CommandLine;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.runs.RunsReader;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The controller's audit trail, and its commands. */
@RestController
class AuditApi {
  private final ApiQueries queries;
  private final RunsReader runs;

  AuditApi(ApiQueries queries, RunsReader runs) {
    this.queries = queries;
    this.runs = runs;
  }

  @GetMapping("/api/v1/audit")
  @Needs(Role.VIEWER)
  Page<AuditResource> list(
      @RequestParam(defaultValue = "") String run,
      @RequestParam(defaultValue = "") String actor,
      @RequestParam(defaultValue = "") String decision,
      @RequestParam(defaultValue = Page.DEFAULT) int limit,
      @RequestParam(defaultValue = "") String after) {
    return Page.of(
            queries.audit(run, actor, decision, Page.after(after, 2), Page.limit(limit)),
            limit,
            key -> List.of(Long.toString(key.at()), key.line().auditId()))
        .map(key -> AuditResource.of(key.line(), key.evidence()));
  }

  @GetMapping("/api/v1/audit/{id}")
  @Needs(Role.VIEWER)
  AuditResource one(@PathVariable String id) {
    return queries
        .audit(id)
        .map(key -> AuditResource.of(key.line(), key.evidence()))
        .orElseThrow(
            () ->
                Refusal.notFound(
                    ErrorId.API_NOT_FOUND,
                    "There is no line of this id; an answer of the controller may take a moment."));
  }

  @GetMapping("/api/v1/runs/{run}/commands")
  @Needs(Role.VIEWER)
  Page<CommandLine> commands(
      @PathVariable String run,
      @RequestParam(defaultValue = Page.DEFAULT) int limit,
      @RequestParam(defaultValue = "") String after) {
    RunApi.known(runs, run);
    return Page.of(
        queries.commands(run, Page.after(after, 2), Page.limit(limit)),
        limit,
        line -> List.of(Long.toString(line.epoch()), Long.toString(line.sequence())));
  }
}
