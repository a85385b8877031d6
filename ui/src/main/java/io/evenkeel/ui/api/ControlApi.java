package io.evenkeel.ui.api;

import io.evenkeel.contract.command.ApprovalVerdict;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.control.ControlReader;
import io.evenkeel.ui.control.ControlState;
import io.evenkeel.ui.control.KnobInput;
import io.evenkeel.ui.control.KnobState;
import io.evenkeel.ui.control.OperatorActions;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.runs.Knob;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.runs.RunsReader;
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
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * Knobs, modes, holds, proposals and the kill switch. What a caller asks for goes to the
 * controller, which has the last word: the answer here is 202, and the controller's is the line of
 * the audit trail whose id the answer names.
 */
@RestController
class ControlApi {
  private static final int LONGEST_COMMENT = 500;
  private static final int LONGEST_NAME = 256;
  private static final int ACCEPTED = 202;

  private final RunsReader runs;
  private final ControlReader control;
  private final OperatorActions actions;

  ControlApi(RunsReader runs, ControlReader control, OperatorActions actions) {
    this.runs = runs;
    this.control = control;
    this.actions = actions;
  }

  /**
   * How a run is steered.
   *
   * @param mode mode of the run, empty when the controller has not said
   * @param killSwitch whether no command leaves
   * @param knobs in the order of their declaration
   */
  record Knobs(String mode, boolean killSwitch, List<KnobResource> knobs) {}

  /**
   * A knob.
   *
   * @param declared bounds and limits
   * @param value in force; null before the first signals
   * @param mode its own mode, empty when it follows the run's
   * @param held whether it is held by hand
   * @param changedBy who changed mode or hold last
   */
  record KnobResource(
      Knob declared, @Nullable Double value, String mode, boolean held, String changedBy) {}

  /**
   * A request that is on its way to the controller.
   *
   * @param answer id of the line of the audit trail that will answer it
   */
  record Accepted(String answer) {}

  @GetMapping("/api/v1/runs/{run}/knobs")
  @Needs(Role.VIEWER)
  Knobs knobs(@PathVariable String run) {
    RunApi.known(runs, run);
    ControlState state = control.read(run);
    return new Knobs(
        state.mode(),
        state.killSwitch() == HoldState.HELD,
        state.knobs().stream().map(ControlApi::resource).toList());
  }

  @GetMapping("/api/v1/runs/{run}/proposals")
  @Needs(Role.VIEWER)
  Page<AuditResource> proposals(@PathVariable String run) {
    RunApi.known(runs, run);
    return new Page<>(
        control.read(run).proposals().stream().map(line -> AuditResource.of(line, "")).toList(),
        null);
  }

  @PostMapping("/api/v1/runs/{run}/knobs/set")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<Accepted>> set(
      @PathVariable String run, @RequestBody(required = false) @Nullable JsonNode body) {
    RunHeader header = running(run);
    Fields fields = Fields.of(body);
    String name = fields.text("knob", LONGEST_NAME);
    String scope = fields.optionalText("scope", LONGEST_NAME).orElse("");
    double value = fields.figure("value");
    String comment = comment(fields);
    fields.check();
    Knob knob = declared(header, name, scope);
    if (KnobInput.of(knob, value) instanceof KnobInput.Bad bad) {
      throw Refusal.invalid(
          bad.id(), List.of(new Refusal.Flaw("value", "must lie " + lower(bad.message()))));
    }
    return sent(actions.setKnob(run, knob, value, comment));
  }

  @PostMapping("/api/v1/runs/{run}/knobs/hold")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<Accepted>> hold(
      @PathVariable String run, @RequestBody(required = false) @Nullable JsonNode body) {
    RunHeader header = running(run);
    Fields fields = Fields.of(body);
    String name = fields.text("knob", LONGEST_NAME);
    boolean held = fields.flag("held");
    String comment = comment(fields);
    fields.check();
    return sent(actions.hold(run, named(header, name), state(held), comment));
  }

  @PostMapping("/api/v1/runs/{run}/mode")
  @Needs(Role.ADMIN)
  CompletableFuture<ResponseEntity<Accepted>> mode(
      @PathVariable String run, @RequestBody(required = false) @Nullable JsonNode body) {
    RunHeader header = running(run);
    Fields fields = Fields.of(body);
    String knob = fields.optionalText("knob", LONGEST_NAME).orElse("");
    Mode mode = fields.choice("mode", Mode.class).orElse(Mode.OBSERVE);
    String comment = comment(fields);
    fields.check();
    if (!knob.isEmpty()) {
      named(header, knob);
    }
    return sent(actions.setMode(run, knob, mode, comment));
  }

  @PostMapping("/api/v1/runs/{run}/kill-switch")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<Accepted>> killSwitch(
      @PathVariable String run, @RequestBody(required = false) @Nullable JsonNode body) {
    running(run);
    Fields fields = Fields.of(body);
    boolean on = fields.flag("on");
    String comment = comment(fields);
    fields.check();
    return sent(actions.killSwitch(run, state(on), comment));
  }

  @PostMapping("/api/v1/kill-switch")
  @Needs(Role.ADMIN)
  CompletableFuture<ResponseEntity<Accepted>> killSwitchOfAll(
      @RequestBody(required = false) @Nullable JsonNode body) {
    Fields fields = Fields.of(body);
    boolean on = fields.flag("on");
    String comment = comment(fields);
    fields.check();
    return sent(actions.killSwitchOfAll(state(on), comment));
  }

  @PostMapping("/api/v1/runs/{run}/proposals/{id}/approve")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<Accepted>> approve(
      @PathVariable String run,
      @PathVariable String id,
      @RequestBody(required = false) @Nullable JsonNode body) {
    return answer(run, id, ApprovalVerdict.APPROVED, body);
  }

  @PostMapping("/api/v1/runs/{run}/proposals/{id}/reject")
  @Needs(Role.OPERATOR)
  CompletableFuture<ResponseEntity<Accepted>> reject(
      @PathVariable String run,
      @PathVariable String id,
      @RequestBody(required = false) @Nullable JsonNode body) {
    return answer(run, id, ApprovalVerdict.REJECTED, body);
  }

  private CompletableFuture<ResponseEntity<Accepted>> answer(
      String run, String id, ApprovalVerdict verdict, @Nullable JsonNode body) {
    running(run);
    Fields fields = Fields.of(body);
    String comment = comment(fields);
    fields.check();
    if (control.read(run).proposals().stream().noneMatch(open -> open.auditId().equals(id))) {
      throw Refusal.conflict(
          ErrorId.CONTROL_PROPOSAL_UNKNOWN, "There is no such open proposal of this run.");
    }
    return sent(actions.answer(run, id, verdict, comment));
  }

  private RunHeader running(String run) {
    RunHeader header = RunApi.known(runs, run);
    if (header.endedAt() != null) {
      throw Refusal.conflict(ErrorId.CONTROL_RUN_UNKNOWN, "The run has ended.");
    }
    return header;
  }

  private static Knob declared(RunHeader header, String name, String scope) {
    return header.knobs().stream()
        .filter(knob -> knob.knob().equals(name) && knob.scope().equals(scope))
        .findFirst()
        .orElseThrow(ControlApi::unknownKnob);
  }

  private static Knob named(RunHeader header, String name) {
    return header.knobs().stream()
        .filter(knob -> knob.knob().equals(name))
        .findFirst()
        .orElseThrow(ControlApi::unknownKnob);
  }

  private static Refusal unknownKnob() {
    return Refusal.notFound(ErrorId.KNOB_UNKNOWN, ErrorId.KNOB_UNKNOWN.meaning());
  }

  private static CompletableFuture<ResponseEntity<Accepted>> sent(OperatorActions.Sent sent) {
    return sent.sent()
        .handle(
            (done, failure) -> {
              if (failure != null) {
                throw Refusal.unavailable(
                    ErrorId.KAFKA_UNAVAILABLE, "Kafka cannot be reached, nothing was changed.");
              }
              return ResponseEntity.status(ACCEPTED).body(new Accepted(sent.answerId()));
            });
  }

  private static String comment(Fields fields) {
    return fields.optionalText("comment", LONGEST_COMMENT).orElse("");
  }

  private static HoldState state(boolean held) {
    return held ? HoldState.HELD : HoldState.RELEASED;
  }

  private static KnobResource resource(KnobState state) {
    return new KnobResource(
        state.declared(),
        state.value(),
        state.mode(),
        state.hold() == HoldState.HELD,
        state.changedBy());
  }

  private static String lower(String message) {
    return message.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + message.substring(1);
  }
}
