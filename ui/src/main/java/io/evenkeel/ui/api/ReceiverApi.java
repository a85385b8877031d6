package io.evenkeel.ui.api;

import io.evenkeel.contract.command.SaveAlertConfig;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.receivers.ConfigVersion;
import io.evenkeel.ui.receivers.Place;
import io.evenkeel.ui.receivers.ReceiverActions;
import io.evenkeel.ui.receivers.ReceiverBook;
import io.evenkeel.ui.receivers.ReceiverCheck;
import io.evenkeel.ui.receivers.ReceiverLine;
import io.evenkeel.ui.receivers.ReceiverReader;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Receivers and routes. */
@RestController
class ReceiverApi {
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_COMMENT = 500;
  private static final int MOST_VERSIONS = 100;

  private final ReceiverReader reader;
  private final ReceiverActions actions;

  ReceiverApi(ReceiverReader reader, ReceiverActions actions) {
    this.reader = reader;
    this.actions = actions;
  }

  /** A channel and its health. */
  record ReceiverResource(ReceiverLine channel, String health) {}

  /** The newest version, and what is in force. */
  record ConfigResource(ConfigVersion newest, long appliedVersion, String problem) {}

  /** An error of a text. */
  record FlawResource(int line, int column, String errorId, String message) {}

  /** What is wrong with a text; nothing if it can be saved. */
  record CheckResource(List<FlawResource> problems) {}

  @GetMapping("/api/v1/receivers")
  @Needs(Role.VIEWER)
  Page<ReceiverResource> receivers() {
    return new Page<>(
        reader.read().receivers().stream()
            .map(line -> new ReceiverResource(line, line.health().name().toLowerCase(Locale.ROOT)))
            .toList(),
        null);
  }

  @PostMapping("/api/v1/receivers/{name}/test")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<ControlApi.Accepted>> test(@PathVariable String name) {
    boolean known =
        name.length() <= LONGEST_NAME
            && reader.read().receivers().stream()
                .anyMatch(line -> line.configured() && line.receiver().equals(name));
    if (!known) {
      throw Refusal.notFound(
          ErrorId.ALERTS_RECEIVER, "There is no receiver of this name with a channel.");
    }
    return Requests.sent(actions.test(name));
  }

  @GetMapping("/api/v1/receivers-config")
  @Needs(Role.VIEWER)
  ConfigResource config() {
    ReceiverBook book = reader.read();
    return new ConfigResource(book.newest(), book.place().appliedVersion(), book.place().problem());
  }

  @GetMapping("/api/v1/receivers-config/versions")
  @Needs(Role.VIEWER)
  Page<ConfigVersion> versions() {
    return new Page<>(reader.versions(MOST_VERSIONS), null);
  }

  @PostMapping("/api/v1/receivers-config/check")
  @Needs(Role.VIEWER)
  CheckResource check(@RequestBody(required = false) @Nullable JsonNode body) {
    Fields fields = Fields.of(body);
    String text = fields.text("text", SaveAlertConfig.MAX_TEXT);
    fields.check();
    return new CheckResource(flaws(text, reader.read().place()));
  }

  @PutMapping("/api/v1/receivers-config")
  @Needs(Role.ADMIN)
  CompletableFuture<ResponseEntity<ControlApi.Accepted>> save(
      @RequestBody(required = false) @Nullable JsonNode body) {
    Fields fields = Fields.of(body);
    long base = fields.whole("baseVersion", 0, Long.MAX_VALUE, 0);
    String text = fields.text("text", SaveAlertConfig.MAX_TEXT);
    String comment = fields.optionalText("comment", LONGEST_COMMENT).orElse("");
    fields.check();
    ReceiverBook book = reader.read();
    List<FlawResource> flaws = flaws(text, book.place());
    if (!flaws.isEmpty()) {
      throw Refusal.invalid(
          ErrorId.ALERTS_CONFIG,
          flaws.stream()
              .map(
                  flaw ->
                      new Refusal.Flaw(
                          "text",
                          "line %d: %s: %s".formatted(flaw.line(), flaw.errorId(), flaw.message())))
              .toList());
    }
    if (book.place().editing() == Place.Editing.FIXED) {
      throw Refusal.conflict(ErrorId.ALERTS_FIXED, ErrorId.ALERTS_FIXED.meaning());
    }
    if (book.newest().version() != base) {
      throw Refusal.conflict(
          ErrorId.ALERTS_VERSION,
          "The newest version is %d, by %s; yours begins from %d."
              .formatted(book.newest().version(), book.newest().author(), base));
    }
    return Requests.sent(
        SilenceApi.orInvalid(ErrorId.ALERTS_CONFIG, () -> actions.save(base, text, comment)));
  }

  private static List<FlawResource> flaws(String text, Place place) {
    return ReceiverCheck.of(text, place).problems().stream()
        .map(
            problem ->
                new FlawResource(
                    problem.line(), problem.column(), problem.id().id(), problem.message()))
        .toList();
  }
}
