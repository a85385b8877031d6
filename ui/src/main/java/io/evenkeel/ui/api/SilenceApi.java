package io.evenkeel.ui.api;

import io.evenkeel.contract.command.SilenceAlerts;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.alerts.AlertActions;
import io.evenkeel.ui.alerts.AlertDeskReader;
import io.evenkeel.ui.alerts.SilenceLine;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Silences. The controller has the last word, in the audit trail, as for all that is asked. */
@RestController
class SilenceApi {
  private static final int LONGEST_MATCHER = 1_024;
  private static final int LONGEST_REASON = 500;
  private static final int LONGEST_RUN = 128;
  private static final int LONGEST_TIME = 40;
  private static final int MOST_MINUTES = 525_600;

  private final AlertDeskReader reader;
  private final DeskQueries desk;
  private final AlertActions actions;
  private final Clock clock;

  SilenceApi(AlertDeskReader reader, DeskQueries desk, AlertActions actions, Clock clock) {
    this.desk = desk;
    this.reader = reader;
    this.actions = actions;
    this.clock = clock;
  }

  /** A silence as the API tells it; fields as in {@link SilenceLine}. */
  record SilenceResource(
      String id,
      List<String> matchers,
      @Nullable Instant startsAt,
      @Nullable Instant endsAt,
      String reason,
      String creator,
      @Nullable Instant createdAt,
      String endedBy,
      String standing) {

    static SilenceResource of(SilenceLine line, Instant now) {
      return new SilenceResource(
          line.id(),
          line.matchers(),
          line.startsAt(),
          line.endsAt(),
          line.reason(),
          line.creator(),
          line.createdAt(),
          line.endedBy(),
          line.standing(now).name().toLowerCase(Locale.ROOT));
    }
  }

  @GetMapping("/api/v1/silences")
  @Needs(Role.VIEWER)
  Page<SilenceResource> list(
      @RequestParam(defaultValue = "") String standing,
      @RequestParam(defaultValue = Page.DEFAULT) int limit,
      @RequestParam(defaultValue = "") String after) {
    Instant now = clock.instant();
    return Page.of(
            desk.silences(standing, now, Page.after(after, 2), Page.limit(limit)),
            limit,
            placed -> List.of(Long.toString(placed.at()), placed.line().id()))
        .map(placed -> SilenceResource.of(placed.line(), now));
  }

  @GetMapping("/api/v1/silences/{id}")
  @Needs(Role.VIEWER)
  SilenceResource one(@PathVariable String id) {
    return SilenceResource.of(known(id), clock.instant());
  }

  @PostMapping("/api/v1/silences")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<ControlApi.Accepted>> add(
      @RequestBody(required = false) @Nullable JsonNode body) {
    Fields fields = Fields.of(body);
    List<String> matchers = fields.texts("matchers", SilenceAlerts.MOST_MATCHERS, LONGEST_MATCHER);
    Instant start = time(fields, "startsAt", clock.instant());
    long minutes = fields.whole("minutes", 1, MOST_MINUTES, 0);
    Instant end = time(fields, "endsAt", start.plus(Duration.ofMinutes(minutes)));
    if (fields.has("endsAt") == fields.has("minutes")) {
      fields.flaw("endsAt", "either this or 'minutes' must be there.");
    }
    String reason = fields.optionalText("reason", LONGEST_REASON).orElse("");
    String run = fields.optionalText("run", LONGEST_RUN).orElse("");
    fields.check();
    return Requests.sent(
        orInvalid(
            ErrorId.SILENCE_INVALID, () -> actions.silence(run, matchers, start, end, reason)));
  }

  @DeleteMapping("/api/v1/silences/{id}")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<ControlApi.Accepted>> end(@PathVariable String id) {
    if (known(id).standing(clock.instant()) == SilenceLine.Standing.OVER) {
      throw Refusal.conflict(ErrorId.SILENCE_UNKNOWN, "The silence is over already.");
    }
    return Requests.sent(actions.endSilence(id));
  }

  private SilenceLine known(String id) {
    return reader
        .silence(id)
        .orElseThrow(
            () -> Refusal.notFound(ErrorId.SILENCE_UNKNOWN, "There is no silence of this id."));
  }

  private static Instant time(Fields fields, String name, Instant otherwise) {
    try {
      return fields.optionalText(name, LONGEST_TIME).map(Instant::parse).orElse(otherwise);
    } catch (DateTimeParseException e) {
      fields.flaw(name, "must be a time such as 2026-01-31T08:00:00Z.");
      return otherwise;
    }
  }

  /** What is wrong with the words of a request is its caller's to hear. */
  static <T> T orInvalid(ErrorId id, Supplier<T> action) {
    try {
      return action.get();
    } catch (IllegalArgumentException e) {
      throw Refusal.invalid(id, String.valueOf(e.getMessage()));
    }
  }
}
