package io.evenkeel.controller.steer;

import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.controller.audit.AuditTrail;
import io.evenkeel.controller.command.CommandDispatch;
import io.evenkeel.controller.command.CommandSink;
import io.evenkeel.controller.command.Leadership;
import io.evenkeel.controller.command.Origin;
import io.evenkeel.controller.guard.Facts;
import io.evenkeel.controller.guard.Facts.Switch;
import io.evenkeel.controller.guard.Guard;
import io.evenkeel.controller.policy.KnobKey;
import io.evenkeel.controller.policy.Policy;
import io.evenkeel.controller.policy.RunView;
import io.evenkeel.controller.policy.StepView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Steers one run that is this controller's own: evaluate, decide, guard, act, tell. */
final class RunSteering {

  private static final String GUARD = "guard";

  private final RunState state;
  private final SteerSettings constants;
  private final AuditTrail trail;
  private final Supplier<String> auditIds;
  private final CommandDispatch dispatch;
  private final EffectWatch effects;
  private final OperatorDesk desk;
  private final PolicyRound round;
  private final StoodDownAlarm alarm;
  private long evaluatedStep = -1;
  private int evaluatedIncarnation;
  private Instant declaredAt = Instant.MIN;

  RunSteering(
      RunState state,
      SteerSettings constants,
      List<Policy> policies,
      String instance,
      CommandSink sink,
      AlertSink alerts,
      AuditTrail trail,
      StateListener listener,
      Supplier<String> auditIds) {
    this.state = state;
    this.constants = constants;
    Guard guard = new Guard(constants.guard());
    this.trail = trail;
    this.auditIds = auditIds;
    this.dispatch =
        new CommandDispatch(state.run(), state.ledger(), new Leadership(instance), sink);
    this.effects = new EffectWatch(this, state, guard, constants);
    this.desk = new OperatorDesk(this, state, guard, listener, constants);
    this.round = new PolicyRound(this, state, guard, constants, policies);
    this.alarm = new StoodDownAlarm(state, alerts);
  }

  RunState state() {
    return state;
  }

  /** Stops acting: another controller owns the run. */
  void release() {
    dispatch.release();
  }

  /** Notes that the run was declared, which counts as a sign of life. */
  void declared(Instant now) {
    declaredAt = now;
  }

  /** What time brings: claim, lease, retry, expiry, waiting requests. */
  void tick(Instant now) {
    state.proposals().expire(now);
    RunSpec spec = state.spec();
    if (spec != null && state.isRunning()) {
      boolean alive = sees(now);
      boolean renew = state.settings().isSteering() && alive && spec.leaseMillis() > 0;
      Duration lease = Duration.ofMillis(spec.leaseMillis());
      // Runs that died without a word stay declared for ever: they are left alone.
      if (alive || !state.requests().waiting().isEmpty()) {
        dispatch.claim(state.incarnation(), now, renew ? now.plus(lease) : now);
      }
      if (renew) {
        dispatch.renew(state.incarnation(), now, lease);
      }
    }
    if (spec != null && !state.isRunning()) {
      for (Command left : dispatch.abandon(now, spec.ended())) {
        tell(endedFirst(left, now));
      }
    } else {
      for (Command expired : dispatch.tend(now)) {
        tell(noAck(expired, now));
      }
    }
    desk.serve(now);
    alarm.tend(now);
  }

  private boolean sees(Instant now) {
    StepView latest = state.latest();
    Instant seen = latest == null ? declaredAt : latest.wallTime();
    return now.isBefore(
        (seen.isBefore(declaredAt) ? declaredAt : seen).plus(constants.blindAfter()));
  }

  /** Whether commands can go out now. */
  boolean leads() {
    return dispatch.epoch().isPresent();
  }

  /** Judges the newest step, once. */
  void evaluate(Instant now) {
    RunView view = state.view(now);
    if (view == null || !state.isRunning() || !leads()) {
      return;
    }
    boolean seen =
        evaluatedIncarnation == state.incarnation() && view.latest().step() <= evaluatedStep;
    if (seen) {
      return;
    }
    if (evaluatedIncarnation != state.incarnation()) {
      round.begin();
    }
    evaluatedStep = view.latest().step();
    evaluatedIncarnation = state.incarnation();
    effects.judge(now);
    round.settle(view, now);
  }

  /** Leaves a knob alone for a while. */
  void snooze(KnobKey key, @Nullable KnobDeclaration declaration) {
    round.snooze(key, declaration);
  }

  /** Sends a command; the caller has checked {@link #leads()}. */
  Command send(CommandBody body, String origin, String reason, Instant now) {
    StepView latest = state.latest();
    return dispatch.dispatch(
        state.incarnation(),
        state.latestStep(),
        latest == null ? 0 : latest.stepTimeMillis(),
        body,
        origin,
        reason,
        now);
  }

  Facts.OfKnob factsOf(KnobKey key, Instant now) {
    return state.factsOfKnob(key, dispatch.waits(key, now) ? Switch.ON : Switch.OFF, now);
  }

  /** Tells of an acknowledgement that says no. */
  void acknowledged(CommandAck ack, Instant now) {
    if (ack.status() == AckStatus.APPLIED || !leads() || ack.incarnation() != state.incarnation()) {
      return;
    }
    state
        .ledger()
        .find(ack.position().sequence())
        .filter(known -> known.status() == null)
        .ifPresent(
            known -> {
              if (known.command().body() instanceof SetKnob set) {
                snooze(KnobKey.of(set), state.declaration(KnobKey.of(set)));
              }
              tell(
                  draft(known.command().origin(), Decision.REVIEWED, now)
                      .about(known.command().body())
                      .because("The trainer refused: " + ack.reason(), ack.errorId())
                      .with(known.command().position()));
            });
  }

  private EntryDraft noAck(Command command, Instant now) {
    if (command.body() instanceof SetKnob set) {
      snooze(KnobKey.of(set), state.declaration(KnobKey.of(set)));
    }
    return draft(GUARD, Decision.BLOCKED, now)
        .about(command.body())
        .because(
            "The trainer has not acknowledged command %d.".formatted(command.position().sequence()),
            ErrorId.CONTROL_NO_ACK)
        .with(command.position());
  }

  private EntryDraft endedFirst(Command command, Instant now) {
    return draft(GUARD, Decision.BLOCKED, now)
        .about(command.body())
        .because(
            "The run ended before it acknowledged command %d."
                .formatted(command.position().sequence()),
            ErrorId.CONTROL_RUN_ENDED)
        .with(command.position());
  }

  /** An entry about this run, to be completed. */
  EntryDraft draft(String actor, Decision decision, Instant now) {
    return new EntryDraft(auditIds.get(), state, actor, decision, now);
  }

  /** Records an entry, and folds it as if it had been read. */
  void tell(EntryDraft draft) {
    AuditEntry entry = draft.toEntry();
    trail.record(entry);
    state.fold(entry);
  }

  /** Mode in force for a knob. */
  Mode mode(String knob) {
    return state.settings().mode(knob);
  }

  /** Origins that are not policies. */
  static boolean isPolicy(String origin) {
    return !origin.equals(GUARD) && !Origin.isOperator(origin);
  }

  /** The guard as actor. */
  static String guardActor() {
    return GUARD;
  }
}
