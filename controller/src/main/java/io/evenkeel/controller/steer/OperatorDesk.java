package io.evenkeel.controller.steer;

import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AlertRequest;
import io.evenkeel.contract.command.Approval;
import io.evenkeel.contract.command.ApprovalVerdict;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Hold;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.command.SetMode;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.command.Origin;
import io.evenkeel.controller.guard.Guard;
import io.evenkeel.controller.guard.Verdict.Allowed;
import io.evenkeel.controller.guard.Verdict.Denied;
import io.evenkeel.controller.operator.OpenProposal;
import io.evenkeel.controller.operator.RequestBook;
import io.evenkeel.controller.policy.KnobKey;
import io.evenkeel.controller.policy.Proposal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers operators' requests, each once, by one audit entry whose id is made from the request's.
 * What sets a knob waits shortly until this controller leads; all else is answered at once.
 */
final class OperatorDesk {

  /** The run may be declared a moment after the request: another topic. */
  private static final Duration UNKNOWN_RUN_PATIENCE = Duration.ofSeconds(2);

  private final RunSteering steering;
  private final RunState state;
  private final Guard guard;
  private final StateListener listener;
  private final SteerSettings constants;

  OperatorDesk(
      RunSteering steering,
      RunState state,
      Guard guard,
      StateListener listener,
      SteerSettings constants) {
    this.steering = steering;
    this.state = state;
    this.guard = guard;
    this.listener = listener;
    this.constants = constants;
  }

  /** Answers what waits, in order. */
  void serve(Instant now) {
    for (OperatorRequest request : state.requests().waiting()) {
      boolean patient =
          state.spec() == null && now.isBefore(request.wallTime().plus(UNKNOWN_RUN_PATIENCE));
      if (patient) {
        continue;
      }
      if (state.isRunning()) {
        serve(request, now);
      } else if (!request.isForAllRuns()) {
        refuse(request, ErrorId.CONTROL_RUN_UNKNOWN, "The run is unknown or has ended.", now);
      }
    }
  }

  private void serve(OperatorRequest request, Instant now) {
    switch (request.body()) {
      case SetMode set -> change(request, set.knob(), now);
      case Hold hold -> change(request, hold.knob(), now);
      case KillSwitch kill -> change(request, "", now);
      case SetKnob set -> {
        if (ready(request, now)) {
          set(request, set, now);
        }
      }
      case RunAction action -> {
        if (ready(request, now)) {
          act(request, action, now);
        }
      }
      case Approval approval -> {
        if (approval.verdict() == ApprovalVerdict.REJECTED || ready(request, now)) {
          approve(request, approval, now);
        }
      }
      case AlertRequest other -> throw new IllegalStateException("not steering: " + other);
    }
  }

  private void change(OperatorRequest request, String knob, Instant now) {
    boolean known =
        knob.isEmpty()
            || state.spec() != null
                && state.spec().knobs().stream().anyMatch(k -> k.knob().equals(knob));
    if (!known) {
      refuse(request, ErrorId.KNOB_UNKNOWN, "The run has declared no knob '" + knob + "'.", now);
      return;
    }
    Map<String, Double> evidence =
        request.body() instanceof SetMode set
            ? Map.of(RunState.SET_MODE, (double) set.mode().ordinal())
            : Map.of();
    steering.tell(
        answer(request, Decision.CHANGED, now)
            .about(knob)
            .because(describe(request), "")
            .showing(evidence));
    listener.changed(state.run(), state.settings());
  }

  private static String describe(OperatorRequest request) {
    String what =
        switch (request.body()) {
          case SetMode set ->
              "Mode of %s set to %s."
                  .formatted(set.knob().isEmpty() ? "the run" : set.knob(), set.mode());
          case Hold hold ->
              hold.state() == HoldState.HELD
                  ? hold.knob() + " is held by hand."
                  : hold.knob() + " is released.";
          case KillSwitch kill ->
              "Kill switch%s %s."
                  .formatted(
                      request.isForAllRuns() ? " of all runs" : "",
                      kill.state() == HoldState.HELD ? "on" : "released");
          default -> "";
        };
    return request.comment().isEmpty() ? what : what + " " + request.comment();
  }

  /** Whether commands can go out; a request that waited too long for that is refused. */
  private boolean ready(OperatorRequest request, Instant now) {
    if (!now.isBefore(request.wallTime().plus(constants.requestLife()))) {
      refuse(
          request,
          ErrorId.COMMAND_EXPIRED,
          "The request is older than %d s.".formatted(constants.requestLife().toSeconds()),
          now);
      return false;
    }
    return steering.leads();
  }

  private void set(OperatorRequest request, SetKnob set, Instant now) {
    KnobKey key = KnobKey.of(set);
    switch (guard.operator(set, state.factsOfRun(now), steering.factsOf(key, now))) {
      case Denied denied -> refuse(request, denied.errorId(), denied.reason(), now);
      case Allowed allowed -> {
        SetKnob change = withFrom(allowed.change(), key, now);
        String reason = request.comment().isEmpty() ? "Set by hand." : request.comment();
        send(request, change, actor(request), reason, null, now);
      }
    }
  }

  private SetKnob withFrom(SetKnob change, KnobKey key, Instant now) {
    double from = steering.factsOf(key, now).value();
    return new SetKnob(
        change.knob(), change.scope(), change.value(), Double.isNaN(from) ? null : from);
  }

  private void act(OperatorRequest request, RunAction action, Instant now) {
    Optional<Denied> denied = guard.action(action, state.factsOfRun(now));
    if (denied.isPresent()) {
      refuse(request, denied.get().errorId(), denied.get().reason(), now);
      return;
    }
    String reason = request.comment().isEmpty() ? "Asked by hand." : request.comment();
    send(request, action, actor(request), action.action() + ": " + reason, null, now);
  }

  private void approve(OperatorRequest request, Approval approval, Instant now) {
    Optional<OpenProposal> taken =
        state.proposals().take(approval.proposal(), state.incarnation(), now);
    if (taken.isEmpty()) {
      refuse(
          request,
          ErrorId.CONTROL_PROPOSAL_UNKNOWN,
          "There is no open proposal '" + approval.proposal() + "'.",
          now);
      return;
    }
    Proposal proposal = taken.get().proposal();
    if (!(proposal.change() instanceof SetKnob set)) {
      return;
    }
    KnobKey key = KnobKey.of(set);
    if (approval.verdict() == ApprovalVerdict.REJECTED) {
      steering.snooze(key, state.declaration(key));
      steering.tell(
          answer(request, Decision.CHANGED, now)
              .about(set)
              .because("Rejected: " + proposal.reason(), ""));
      return;
    }
    switch (guard.operator(set, state.factsOfRun(now), steering.factsOf(key, now))) {
      case Denied denied -> refuse(request, denied.errorId(), denied.reason(), now);
      case Allowed allowed ->
          send(
              request,
              allowed.change(),
              Origin.approved(request.operator(), proposal.policy()),
              "Approved by " + request.operator() + ": " + proposal.reason(),
              proposal,
              now);
    }
  }

  private void send(
      OperatorRequest request,
      CommandBody body,
      String origin,
      String reason,
      @Nullable Proposal proposal,
      Instant now) {
    Command command = steering.send(body, origin, reason, now);
    CommandPosition position = command.position();
    steering.tell(
        answer(request, Decision.ACTED, now)
            .about(body)
            .because(reason, "")
            .showing(proposal == null ? Map.of() : proposal.evidence())
            .with(position));
  }

  private void refuse(OperatorRequest request, ErrorId id, String reason, Instant now) {
    EntryDraft draft = answer(request, Decision.REFUSED, now).because(reason, id);
    steering.tell(request.body() instanceof SetKnob set ? draft.about(set) : draft);
  }

  private EntryDraft answer(OperatorRequest request, Decision decision, Instant now) {
    return steering
        .draft(actor(request), decision, now)
        .answering(RequestBook.auditId(request.requestId()));
  }

  private static String actor(OperatorRequest request) {
    return Origin.operator(request.operator());
  }
}
