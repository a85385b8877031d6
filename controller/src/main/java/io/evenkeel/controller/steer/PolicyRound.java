package io.evenkeel.controller.steer;

import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.Lease;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.controller.guard.Facts;
import io.evenkeel.controller.guard.Guard;
import io.evenkeel.controller.guard.Verdict;
import io.evenkeel.controller.guard.Verdict.Allowed;
import io.evenkeel.controller.guard.Verdict.Denied;
import io.evenkeel.controller.policy.KnobKey;
import io.evenkeel.controller.policy.Policy;
import io.evenkeel.controller.policy.Proposal;
import io.evenkeel.controller.policy.RunView;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks the policies about a step, in the order of their priority, and decides on what they want: by
 * the guard, and by the mode in force.
 */
final class PolicyRound {

  private final RunSteering steering;
  private final RunState state;
  private final Guard guard;
  private final SteerSettings constants;
  private final List<Policy> policies;
  private final Map<KnobKey, Long> snoozedUntilStep = new HashMap<>();
  private final Map<String, Long> deferralToldUntilStep = new HashMap<>();
  private long actionSnoozedUntilStep = -1;

  PolicyRound(
      RunSteering steering,
      RunState state,
      Guard guard,
      SteerSettings constants,
      List<Policy> policies) {
    this.steering = steering;
    this.state = state;
    this.guard = guard;
    this.constants = constants;
    this.policies = List.copyOf(policies);
  }

  /** A new incarnation: steps are counted anew from the checkpoint. */
  void begin() {
    actionSnoozedUntilStep = -1;
    deferralToldUntilStep.clear();
    snoozedUntilStep.clear();
  }

  /** Asks the policies in the order of their priority. */
  void settle(RunView view, Instant now) {
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
        steering
            .draft(proposal.policy(), Decision.BLOCKED, now)
            .because(
                "%s goes first, as its priority is higher (%.0f before %.0f). Wanted: %s"
                    .formatted(
                        first.policy(), priority(first), priority(proposal), proposal.reason()),
                "")
            .showing(evidence);
    steering.tell(proposal.change() instanceof SetKnob set ? draft.about(set) : draft);
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
      steering.tell(
          steering
              .draft(proposal.policy(), Decision.BLOCKED, now)
              .because(
                  denied.get().reason() + " Wanted: " + proposal.reason(), denied.get().errorId())
              .showing(proposal.evidence()));
      return;
    }
    if (state.settings().mode(action.action()) == Mode.AUTO) {
      Command command = steering.send(action, proposal.policy(), proposal.reason(), now);
      steering.tell(
          steering
              .draft(proposal.policy(), Decision.ACTED, now)
              .because(proposal.reason(), "")
              .showing(proposal.evidence())
              .with(command.position()));
    } else {
      actionSnoozedUntilStep = state.latestStep() + constants.snoozeSteps();
      steering.tell(
          steering
              .draft(proposal.policy(), Decision.OBSERVED, now)
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
    Facts.OfKnob knob = steering.factsOf(key, now);
    Verdict verdict = guard.policy(proposal.policy(), change, state.factsOfRun(now), knob);
    switch (verdict) {
      case Denied denied ->
          steering.tell(
              entry(proposal, change, Decision.BLOCKED, now)
                  .because(denied.reason() + " Wanted: " + proposal.reason(), denied.errorId()));
      case Allowed allowed -> {
        Proposal limited = withNote(proposal, allowed);
        switch (state.settings().mode(change.knob())) {
          case AUTO -> act(limited, allowed.change(), now);
          case ADVISE -> propose(limited, allowed.change(), now);
          case OBSERVE -> {
            snooze(key, knob.declaration());
            steering.tell(entry(limited, allowed.change(), Decision.OBSERVED, now));
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
    Command command = steering.send(change, proposal.policy(), proposal.reason(), now);
    steering.tell(entry(proposal, change, Decision.ACTED, now).with(command.position()));
  }

  private void propose(Proposal proposal, SetKnob change, Instant now) {
    // The proposal book learns of it from the entry, as it does after a restart.
    steering.tell(entry(proposal, change, Decision.PROPOSED, now));
  }

  /** Leaves a knob alone for a while. */
  void snooze(KnobKey key, @Nullable KnobDeclaration declaration) {
    int cooldown = declaration == null ? 0 : declaration.cooldownSteps();
    snoozedUntilStep.put(key, state.latestStep() + Math.max(cooldown, constants.snoozeSteps()));
  }

  private EntryDraft entry(Proposal proposal, SetKnob change, Decision decision, Instant now) {
    return steering
        .draft(proposal.policy(), decision, now)
        .about(change)
        .because(proposal.reason(), "")
        .showing(proposal.evidence());
  }
}
