package io.evenkeel.ui.control;

import io.evenkeel.contract.command.Approval;
import io.evenkeel.contract.command.ApprovalVerdict;
import io.evenkeel.contract.command.Hold;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.RequestBody;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.command.SetMode;
import io.evenkeel.ui.runs.Knob;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Component;

/**
 * What a person may ask of the controller. Each action checks the caller's role first, whatever the
 * page shows, and throws {@link AccessDeniedException} when it is not enough; the controller checks
 * everything again.
 */
@Component
public class OperatorActions {
  private static final String ANSWER = "request:";
  private static final int LONGEST_COMMENT = 500;

  private final Access access;
  private final RequestSender sender;
  private final Clock clock;

  OperatorActions(Access access, RequestSender sender, Clock clock) {
    this.access = access;
    this.sender = sender;
    this.clock = clock;
  }

  /**
   * A request on its way.
   *
   * @param answerId audit id that the controller's answer will have
   * @param sent done when it is safe on its topic
   */
  public record Sent(String answerId, CompletableFuture<Void> sent) {}

  /** Sets how far Evenkeel may go by itself; {@code knob} empty for the run. */
  public Sent setMode(String run, String knob, Mode mode, String comment) {
    access.require(Role.ADMIN);
    return send(run, new SetMode(knob, mode), comment);
  }

  /**
   * Sets a knob by hand.
   *
   * @throws IllegalArgumentException if the value is out of the knob's bounds
   */
  public Sent setKnob(String run, Knob knob, double value, String comment) {
    access.require(Role.OPERATOR);
    return switch (KnobInput.of(knob, value)) {
      case KnobInput.Good good ->
          send(run, new SetKnob(knob.knob(), knob.scope(), good.value(), null), comment);
      case KnobInput.Bad bad ->
          throw new IllegalArgumentException(bad.id().id() + ": " + bad.message());
    };
  }

  /** Holds a knob by hand, or releases it. */
  public Sent hold(String run, Knob knob, HoldState state, String comment) {
    access.require(Role.OPERATOR);
    return send(run, new Hold(knob.knob(), state), comment);
  }

  /** Stops all control of a run, or allows it again. */
  public Sent killSwitch(String run, HoldState state, String comment) {
    // Of no run: of all of them.
    access.require(run.isEmpty() ? Role.ADMIN : Role.OPERATOR);
    return send(run, new KillSwitch(state), comment);
  }

  /** Stops all control of all runs, also of those that begin later, or allows it again. */
  public Sent killSwitchOfAll(HoldState state, String comment) {
    return killSwitch("", state, comment);
  }

  /** Answers a proposal. */
  public Sent answer(String run, String proposal, ApprovalVerdict verdict, String comment) {
    access.require(Role.OPERATOR);
    return send(run, new Approval(proposal, verdict), comment);
  }

  /**
   * Asks the run to do something that it declares.
   *
   * @param arguments arguments of the action, by name
   * @throws IllegalArgumentException if an argument is not one that can be sent
   */
  public Sent act(String run, String action, Map<String, String> arguments, String comment) {
    access.require(Role.OPERATOR);
    return send(run, new RunAction(action, arguments), comment);
  }

  private Sent send(String run, RequestBody body, String comment) {
    String bounded = comment.strip();
    var request =
        new OperatorRequest(
            UUID.randomUUID().toString(),
            run,
            access.user(),
            clock.instant(),
            body,
            bounded.length() > LONGEST_COMMENT ? bounded.substring(0, LONGEST_COMMENT) : bounded);
    return new Sent(ANSWER + request.requestId(), sender.send(request));
  }
}
