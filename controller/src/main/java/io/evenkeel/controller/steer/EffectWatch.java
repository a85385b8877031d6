package io.evenkeel.controller.steer;

import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.controller.command.Origin;
import io.evenkeel.controller.command.TrackedCommand;
import io.evenkeel.controller.guard.EffectCheck;
import io.evenkeel.controller.guard.EffectCheck.Judgement;
import io.evenkeel.controller.guard.Guard;
import io.evenkeel.controller.guard.Verdict;
import io.evenkeel.controller.guard.Verdict.Allowed;
import io.evenkeel.controller.guard.Verdict.Denied;
import io.evenkeel.controller.policy.KnobKey;
import java.time.Instant;
import java.util.List;

/** Judges the newest change of each knob by its effect; undoes one that made things worse. */
final class EffectWatch {

  /** One step could be told before the change, by a trainer that reports what it began with. */
  private static final int STEPS_TO_DOUBT = 3;

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
    state.spec().knobs().forEach(declared -> doubt(KnobKey.of(declared), declared, now));
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

  /**
   * Tells once when the trainer says that it has applied a command, and all of the first steps that
   * should have run with it report the value before. The knob is then left alone for a while: more
   * commands would be taken as badly.
   */
  private void doubt(KnobKey key, KnobDeclaration declared, Instant now) {
    state
        .ledger()
        .newest(key)
        .filter(newest -> newest.status() == AckStatus.APPLIED)
        .filter(newest -> !state.isDoubted(newest.command().position().sequence()))
        .filter(this::leftNoTrace)
        .ifPresent(
            newest -> {
              steering.snooze(key, declared);
              steering.tell(
                  steering
                      .draft(RunSteering.guardActor(), Decision.REVIEWED, now)
                      .about(newest.command().body())
                      .because(
                          "The trainer said that it had applied this from step %d on, and still reports the value before."
                              .formatted(newest.appliedStep()),
                          ErrorId.CONTROL_ACK_UNTRUE)
                      .with(newest.command().position()));
            });
  }

  private boolean leftNoTrace(TrackedCommand newest) {
    if (!(newest.command().body() instanceof SetKnob set) || set.value() == newest.from()) {
      return false;
    }
    List<Double> reported =
        state.recent().stream()
            .filter(step -> step.step() >= newest.appliedStep())
            .limit(STEPS_TO_DOUBT)
            .map(step -> step.knobs().getOrDefault(KnobKey.of(set), Double.NaN))
            .toList();
    return reported.size() == STEPS_TO_DOUBT
        && reported.stream().allMatch(value -> value == newest.from());
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
                  .draft(Origin.policyOf(command.origin()), Decision.REVIEWED, now)
                  .about(command.body())
                  .because("Kept: " + judgement.reason(), "")
                  .showing(judgement.evidence())
                  .with(command.position()));
      case UNDO -> undo(newest, judgement, now);
    }
  }

  private void undo(TrackedCommand newest, Judgement judgement, Instant now) {
    Command command = newest.command();
    String outcome =
        command.body() instanceof SetKnob set
            ? takeBack(set, newest.from(), judgement, now)
            : "It cannot be undone.";
    steering.tell(
        steering
            .draft(Origin.policyOf(command.origin()), Decision.REVIEWED, now)
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
