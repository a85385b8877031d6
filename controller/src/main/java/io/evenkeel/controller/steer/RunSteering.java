package io.evenkeel.controller.steer;

import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.RunAction;
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
import io.evenkeel.controller.guard.Verdict;
import io.evenkeel.controller.guard.Verdict.Allowed;
import io.evenkeel.controller.guard.Verdict.Denied;
import io.evenkeel.controller.policy.KnobKey;
import io.evenkeel.controller.policy.Policy;
import io.evenkeel.controller.policy.Proposal;
import io.evenkeel.controller.policy.RunView;
import io.evenkeel.controller.policy.StepView;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Steers one run that is this controller's own: evaluate, decide, guard, act, tell. */
final class RunSteering {

  private static final String GUARD = "guard";

  private final RunState state;
  private final SteerSettings constants;
  private final List<Policy> policies;
  private final Guard guard;
  private final AuditTrail trail;
  private final Supplier<String> auditIds;
  private final CommandDispatch dispatch;
  private final EffectWatch effects;
  private final OperatorDesk desk;
  private final Map<KnobKey, Long> snoozedUntilStep = new HashMap<>();
  private final Map<String, Long> deferralToldUntilStep = new HashMap<>();
  private long actionSnoozedUntilStep = -1;
  private long evaluatedStep = -1;
  private int evaluatedIncarnation;
  private Instant declaredAt = Instant.MIN;

  RunSteering(
      RunState state,
      SteerSettings constants,
      List<Policy> policies,
      String instance,
      CommandSink sink,
      AuditTrail trail,
      StateListener listener,
      Supplier<String> auditIds) {
    this.state = state;
    this.constants = constants;
    this.policies = List.copyOf(policies);
    this.guard = new Guard(constants.guard());
    this.trail = trail;
    this.auditIds = auditIds;
    this.dispatch =
        new CommandDispatch(state.run(), state.ledger(), new Leadership(instance), sink);
    this.effects = new EffectWatch(this, state, guard, constants);
    this.desk = new OperatorDesk(this, state, guard, listener, constants);
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
      // Steps are counted anew from the checkpoint.
      actionSnoozedUntilStep = -1;
      deferralToldUntilStep.clear();
      snoozedUntilStep.clear();
    }
    evaluatedStep = view.latest().step();
    evaluatedIncarnation = state.incarnation();
    effects.judge(now);
    settle(view, now);
  }

  /** Asks the policies in the order of their priority. */
  private void settle(RunView view, Instant now) {
    @Nullable Proposal rescue = null;
    Map<KnobKey, Proposal> claimed = new HashMap<>();
    for (Policy policy : policies) {
      Optional<Proposal> proposal = policy.evaluate(view);
      if (proposal.isEmpty()) {
        continue;
      }
      @Nullable Proposal first = rescue;
      if (first == null && proposal.get().change() instanceof SetKnob set) {
        first = claimed.putIfAbsent(KnobKey.of(set), proposal.get());
      }
      if (first != null) {
        defer(proposal.get(), first, now);
        continue;
      }
      decide(proposal.get(), now);
      if (proposal.get().change() instanceof RunAction) {
        rescue = proposal.get();
      }
    }
  }

  /**
   * While the run is being rescued, policies of lower priority wait: what they see is the accident,
   * and what it does to the loss would be held against them. So does a change of a knob that a
   * policy of higher priority changes at the same step.
   */
  private void defer(Proposal proposal, Proposal first, Instant now) {
    long told = deferralToldUntilStep.getOrDefault(proposal.policy(), -1L);
    if (state.latestStep() < told) {
      return;
    }
    deferralToldUntilStep.put(proposal.policy(), state.latestStep() + constants.snoozeSteps());
    Map<String, Double> evidence = new LinkedHashMap<>(proposal.evidence());
    evidence.put("priority", priority(proposal));
    evidence.put("priority_of_first", priority(first));
    EntryDraft draft =
        draft(proposal.policy(), Decision.BLOCKED, now)
            .because(
                "%s goes first, as its priority is higher (%.0f before %.0f). Wanted: %s"
                    .formatted(
                        first.policy(), priority(first), priority(proposal), proposal.reason()),
                "")
            .showing(evidence);
    tell(proposal.change() instanceof SetKnob set ? draft.about(set) : draft);
  }

  /** Rank of a proposal's policy; 1 is the highest. */
  private double priority(Proposal proposal) {
    for (int rank = 0; rank < policies.size(); rank++) {
      if (policies.get(rank).name().equals(proposal.policy())) {
        return rank + 1.0;
      }
    }
    return policies.size() + 1.0;
  }

  private void decide(Proposal proposal, Instant now) {
    switch (proposal.change()) {
      case SetKnob change -> decide(proposal, change, now);
      case RunAction action -> decide(proposal, action, now);
      case Lease lease -> throw new IllegalStateException("a policy does not propose leases");
    }
  }

  /**
   * An action cannot wait for a person: it is for the step about to run. Where the mode is not auto
   * it is recorded, and a person may order it.
   */
  private void decide(Proposal proposal, RunAction action, Instant now) {
    boolean underWay =
        state.ledger().unanswered().stream()
            .anyMatch(waiting -> waiting.command().body() instanceof RunAction);
    if (underWay || state.latestStep() < actionSnoozedUntilStep) {
      return;
    }
    Optional<Denied> denied = guard.policyAction(proposal.policy(), action, state.factsOfRun(now));
    if (denied.isPresent()) {
      actionSnoozedUntilStep = state.latestStep() + constants.snoozeSteps();
      tell(
          draft(proposal.policy(), Decision.BLOCKED, now)
              .because(
                  denied.get().reason() + " Wanted: " + proposal.reason(), denied.get().errorId())
              .showing(proposal.evidence()));
      return;
    }
    if (state.settings().mode(action.action()) == Mode.AUTO) {
      Command command = send(action, proposal.policy(), proposal.reason(), now);
      tell(
          draft(proposal.policy(), Decision.ACTED, now)
              .because(proposal.reason(), "")
              .showing(proposal.evidence())
              .with(command.position()));
    } else {
      actionSnoozedUntilStep = state.latestStep() + constants.snoozeSteps();
      tell(
          draft(proposal.policy(), Decision.OBSERVED, now)
              .because(proposal.reason(), "")
              .showing(proposal.evidence()));
    }
  }

  private void decide(Proposal proposal, SetKnob change, Instant now) {
    KnobKey key = KnobKey.of(change);
    boolean decidedBefore = state.latestStep() <= state.ledger().lastIssuedStep(key);
    boolean snoozed = state.latestStep() < snoozedUntilStep.getOrDefault(key, -1L);
    if (decidedBefore || snoozed || state.proposals().waits(key, now)) {
      return;
    }
    Facts.OfKnob knob = factsOf(key, now);
    Verdict verdict = guard.policy(proposal.policy(), change, state.factsOfRun(now), knob);
    switch (verdict) {
      case Denied denied ->
          tell(
              entry(proposal, change, Decision.BLOCKED, now)
                  .because(denied.reason() + " Wanted: " + proposal.reason(), denied.errorId()));
      case Allowed allowed -> {
        Proposal limited = withNote(proposal, allowed);
        switch (state.settings().mode(change.knob())) {
          case AUTO -> act(limited, allowed.change(), now);
          case ADVISE -> propose(limited, allowed.change(), now);
          case OBSERVE -> {
            snooze(key, knob.declaration());
            tell(entry(limited, allowed.change(), Decision.OBSERVED, now));
          }
        }
      }
    }
  }

  private static Proposal withNote(Proposal proposal, Allowed allowed) {
    String reason =
        allowed.note().isEmpty() ? proposal.reason() : proposal.reason() + " " + allowed.note();
    return new Proposal(
        proposal.policy(), allowed.change(), reason, proposal.evidence(), proposal.aim());
  }

  private void act(Proposal proposal, SetKnob change, Instant now) {
    Command command = send(change, proposal.policy(), proposal.reason(), now);
    tell(entry(proposal, change, Decision.ACTED, now).with(command.position()));
  }

  private void propose(Proposal proposal, SetKnob change, Instant now) {
    // The proposal book learns of it from the entry, as it does after a restart.
    tell(entry(proposal, change, Decision.PROPOSED, now));
  }

  /** Leaves a knob alone for a while. */
  void snooze(KnobKey key, @Nullable KnobDeclaration declaration) {
    int cooldown = declaration == null ? 0 : declaration.cooldownSteps();
    snoozedUntilStep.put(key, state.latestStep() + Math.max(cooldown, constants.snoozeSteps()));
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

  private EntryDraft entry(Proposal proposal, SetKnob change, Decision decision, Instant now) {
    return draft(proposal.policy(), decision, now)
        .about(change)
        .because(proposal.reason(), "")
        .showing(proposal.evidence());
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
