package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Incidents. */
@RestController
class AlertApi {
  private final ApiQueries queries;

  AlertApi(ApiQueries queries) {
    this.queries = queries;
  }

  @GetMapping("/api/v1/alerts")
  @Needs(Role.VIEWER)
  Page<AlertResource> list(
      @RequestParam(defaultValue = "") String run,
      @RequestParam(defaultValue = "") String state,
      @RequestParam(defaultValue = "") String severity,
      @RequestParam(defaultValue = Page.DEFAULT) int limit,
      @RequestParam(defaultValue = "") String after) {
    Page<ApiQueries.AlertKey> page =
        Page.of(
            queries.alerts(run, state, severity, Page.after(after, 2), Page.limit(limit)),
            limit,
            key -> List.of(key.at(), key.alert().alertId()));
    return new Page<>(
        page.items().stream().map(key -> AlertResource.of(key.alert())).toList(), page.next());
  }

  @GetMapping("/api/v1/alerts/{id}")
  @Needs(Role.VIEWER)
  AlertResource one(@PathVariable String id) {
    return queries
        .alert(id)
        .map(AlertResource::of)
        .orElseThrow(
            () -> Refusal.notFound(ErrorId.API_NOT_FOUND, "There is no alert of this id."));
  }
}
