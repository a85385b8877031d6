package io.evenkeel.ui.api;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.alerts.Acknowledgement;
import io.evenkeel.ui.alerts.AlertActions;
import io.evenkeel.ui.alerts.AlertLine;
import io.evenkeel.ui.alerts.NoticeLine;
import io.evenkeel.ui.api.DeskQueries.Placed;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Who has taken which alert on, and what was told to whom. */
@RestController
class DeliveryApi {
  private static final int LONGEST_ID = 256;
  private static final int LONGEST_NOTE = 500;

  private final DeskQueries desk;
  private final AlertActions actions;
  private final ApiQueries queries;

  DeliveryApi(DeskQueries desk, AlertActions actions, ApiQueries queries) {
    this.desk = desk;
    this.actions = actions;
    this.queries = queries;
  }

  @GetMapping("/api/v1/acknowledgements")
  @Needs(Role.VIEWER)
  Page<Acknowledgement> acknowledgements(
      @RequestParam(defaultValue = "") String run,
      @RequestParam(defaultValue = Page.DEFAULT) int limit,
      @RequestParam(defaultValue = "") String after) {
    return Page.of(
            desk.acknowledgements(run, Page.after(after, 2), Page.limit(limit)),
            limit,
            placed -> List.of(Long.toString(placed.at()), placed.line().alertId()))
        .map(Placed::line);
  }

  @PostMapping("/api/v1/alerts/{id}/acknowledge")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<ControlApi.Accepted>> acknowledge(
      @PathVariable String id, @RequestBody(required = false) @Nullable JsonNode body) {
    AlertLine alert =
        queries
            .alert(id)
            .orElseThrow(
                () -> Refusal.notFound(ErrorId.ALERT_UNKNOWN, "There is no alert of this id."));
    if (!alert.state().equals("firing")) {
      throw Refusal.conflict(ErrorId.ALERT_UNKNOWN, "The alert does not fire.");
    }
    Fields fields = Fields.of(body);
    String note = fields.optionalText("note", LONGEST_NOTE).orElse("");
    fields.check();
    return Requests.sent(actions.acknowledge(alert.run(), id, note));
  }

  @GetMapping("/api/v1/deliveries")
  @Needs(Role.VIEWER)
  Page<NoticeLine> deliveries(
      @RequestParam(defaultValue = "") String run,
      @RequestParam(defaultValue = "") String receiver,
      @RequestParam(defaultValue = Page.DEFAULT) int limit,
      @RequestParam(defaultValue = "") String after) {
    return Page.of(
            desk.notices(run, receiver, Page.after(after, 3), Page.limit(limit)),
            limit,
            placed ->
                List.of(
                    Long.toString(placed.at()), placed.line().noticeId(), placed.line().receiver()))
        .map(Placed::line);
  }

  @PostMapping("/api/v1/deliveries/replay")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<ControlApi.Accepted>> replay(
      @RequestBody(required = false) @Nullable JsonNode body) {
    Fields fields = Fields.of(body);
    String notice = fields.text("notice", LONGEST_ID);
    String receiver = fields.text("receiver", LONGEST_ID);
    fields.check();
    return Requests.sent(
        SilenceApi.orInvalid(ErrorId.API_INVALID, () -> actions.replay(notice, receiver)));
  }
}
