package io.evenkeel.controller.steer;

import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.controller.command.TrackedCommand;
import io.evenkeel.controller.guard.EffectCheck;
import io.evenkeel.controller.guard.EffectCheck.Judgement;
import io.evenkeel.controller.guard.Guard;
import io.evenkeel.controller.guard.Verdict;
import io.evenkeel.controller.guard.Verdict.Allowed;
import io.evenkeel.controller.guard.Verdict.Denied;
import io.evenkeel.controller.policy.KnobKey;
import io.evenkeel.controller.policy.StepView;
import java.time.Instant;

/** Judges the newest change of each knob by its effect; undoes one that made things worse. */
final class EffectWatch {

  private final RunSteering steering;
  private final RunState state;
  private final Guard guard;
  private final EffectCheck check;

  EffectWatch(RunSteering steering, RunState state, Guard guard, SteerSettings constants) {
    this.steering = steering;
    this.state = state;
    this.guard = guard;
    this.check = new EffectCheck(constants.guard());
  }

  void judge(Instant now) {
    if (state.spec() == null) {
      return;
    }
    for (KnobDeclaration declared : state.spec().knobs()) {
      KnobKey key = KnobKey.of(declared);
      state
          .ledger()
          .newest(key)
          .filter(newest -> newest.status() == AckStatus.APPLIED)
          .filter(newest -> RunSteering.isPolicy(newest.command().origin()))
          .filter(newest -> !state.isReviewed(newest.command().position().sequence()))
          // Before the cool-down has passed the trainer would refuse to take it back.
          .filter(n -> state.latestStep() - n.appliedStep() >= declared.cooldownSteps())
          .ifPresent(newest -> judge(newest, now));
    }
  }

  private void judge(TrackedCommand newest, Instant now) {
    Command command = newest.command();
    long sequence = command.position().sequence();
    Judgement judgement = check.judge(state.recent(), newest.appliedStep(), state.aim(sequence));
    switch (judgement.outcome()) {
      case OPEN -> {}
      case KEEP ->
          steering.tell(
              steering
                  .draft(command.origin(), Decision.REVIEWED, now)
                  .about(command.body())
                  .because("Kept: " + judgement.reason(), "")
                  .showing(judgement.evidence())
                  .with(command.position()));
      case UNDO -> undo(newest, judgement, now);
    }
  }

  private boolean changedOtherwise(SetKnob set) {
    StepView latest = state.latest();
    Double reported = latest == null ? null : latest.knobs().get(KnobKey.of(set));
    return reported != null && Math.abs(reported - set.value()) > 0.01 * Math.abs(set.value());
  }

  private void undo(TrackedCommand newest, Judgement judgement, Instant now) {
    Command command = newest.command();
    String outcome =
        command.body() instanceof SetKnob set
            ? takeBack(set, newest.from(), judgement, now)
            : "It cannot be undone.";
    steering.tell(
        steering
            .draft(command.origin(), Decision.REVIEWED, now)
            .about(command.body())
            .because(
                "%s %s The policy is stood down until a mode is set again."
                    .formatted(judgement.reason(), outcome),
                ErrorId.CONTROL_STOOD_DOWN)
            .showing(judgement.evidence())
            .with(command.position()));
  }

  private String takeBack(SetKnob set, double from, Judgement judgement, Instant now) {
    if (steering.mode(set.knob()) != Mode.AUTO) {
      return "Not undone, as the mode is not auto.";
    }
    KnobKey key = KnobKey.of(set);
    SetKnob back = new SetKnob(set.knob(), set.scope(), from, set.value());
    Verdict verdict = guard.undo(back, state.factsOfRun(now), steering.factsOf(key, now));
    return switch (verdict) {
      case Denied denied -> "Not undone: " + denied.reason();
      case Allowed allowed -> {
        String reason = "Undo: " + judgement.reason();
        Command undo = steering.send(allowed.change(), RunSteering.guardActor(), reason, now);
        steering.tell(
            steering
                .draft(RunSteering.guardActor(), Decision.ACTED, now)
                .about(allowed.change())
                .because(reason, "")
                .showing(judgement.evidence())
                .with(undo.position()));
        yield "Undone.";
      }
    };
  }
}
