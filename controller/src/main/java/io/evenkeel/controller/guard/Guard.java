package io.evenkeel.controller.guard;

import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.ChangeLimits;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.controller.guard.Facts.Switch;
import io.evenkeel.controller.guard.Verdict.Allowed;
import io.evenkeel.controller.guard.Verdict.Denied;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The last word on every change. A policy's change is clamped to bounds and factor; an operator's
 * is refused when it exceeds them, but may pass cool-down, budget and staleness; the guard's own
 * undo passes cool-down and budget too, but never a hold, the kill switch or the bounds.
 */
public final class Guard {

  private final GuardSettings settings;

  /** A guard with {@code settings}. */
  public Guard(GuardSettings settings) {
    this.settings = settings;
  }

  /** Judges a policy's change. */
  public Verdict policy(String policy, SetKnob change, Facts.OfRun run, Facts.OfKnob knob) {
    Optional<Denied> denied =
        running(run)
            .or(() -> stoodDown(policy, run))
            .or(() -> usable(change, knob))
            .or(() -> fresh(run))
            .or(() -> paced(run, knob));
    return denied.<Verdict>map(d -> d).orElseGet(() -> clamped(change, knob));
  }

  /** Judges an operator's change. */
  public Verdict operator(SetKnob change, Facts.OfRun run, Facts.OfKnob knob) {
    Optional<Denied> denied =
        running(run).or(() -> usable(change, knob)).or(() -> withinLimits(change, knob));
    return denied.<Verdict>map(d -> d).orElseGet(() -> new Allowed(change, ""));
  }

  /** Judges the guard's own undo of a change that made things worse. */
  public Verdict undo(SetKnob change, Facts.OfRun run, Facts.OfKnob knob) {
    Optional<Denied> denied = running(run).or(() -> usable(change, knob));
    return denied.<Verdict>map(d -> d).orElseGet(() -> clamped(change, knob));
  }

  /** Judges a policy's action; empty if it may go. */
  public Optional<Denied> policyAction(String policy, RunAction action, Facts.OfRun run) {
    return stoodDown(policy, run).or(() -> fresh(run)).or(() -> action(action, run));
  }

  /** Judges an operator's action; empty if it may go. */
  public Optional<Denied> action(RunAction action, Facts.OfRun run) {
    return running(run)
        .or(
            () ->
                run.actions().contains(action.action())
                    ? Optional.empty()
                    : deny(
                        ErrorId.COMMAND_ACTION_UNKNOWN,
                        "The run offers no action '" + action.action() + "'."));
  }

  private static Optional<Denied> running(Facts.OfRun run) {
    if (run.ended() == Switch.ON) {
      return deny(ErrorId.CONTROL_RUN_UNKNOWN, "The run has ended.");
    }
    if (run.killSwitch() == Switch.ON) {
      return deny(ErrorId.CONTROL_KILLED, "The kill switch of the run is on.");
    }
    return Optional.empty();
  }

  private static Optional<Denied> stoodDown(String policy, Facts.OfRun run) {
    return run.stoodDown().contains(policy)
        ? deny(
            ErrorId.CONTROL_STOOD_DOWN,
            "The policy is stood down, because an action of it made things worse.")
        : Optional.empty();
  }

  private static Optional<Denied> usable(SetKnob change, Facts.OfKnob knob) {
    if (knob.declaration() == null) {
      return deny(
          ErrorId.KNOB_UNKNOWN,
          "The run has declared no knob '%s' with scope '%s'."
              .formatted(change.knob(), change.scope()));
    }
    if (!Double.isFinite(change.value())) {
      return deny(ErrorId.KNOB_NOT_FINITE, "The wanted value is not finite.");
    }
    if (knob.held() == Switch.ON) {
      return deny(ErrorId.KNOB_HELD, "The knob is held by hand.");
    }
    if (knob.inFlight() == Switch.ON) {
      return deny(
          ErrorId.CONTROL_IN_FLIGHT, "A command for this knob waits for its acknowledgement.");
    }
    return Optional.empty();
  }

  private Optional<Denied> fresh(Facts.OfRun run) {
    Duration age = Duration.between(run.signalTime(), run.now());
    if (age.compareTo(settings.maxSignalAge()) > 0) {
      return deny(
          ErrorId.CONTROL_STALE,
          "The newest signals are %d ms old, more than %d ms."
              .formatted(age.toMillis(), settings.maxSignalAge().toMillis()));
    }
    if (run.ranksShare() < settings.minRanksShare()) {
      return deny(
          ErrorId.CONTROL_STALE,
          String.format(
              Locale.ROOT,
              "Only %.0f %% of the ranks reported the step, less than %.0f %%.",
              100 * run.ranksShare(),
              100 * settings.minRanksShare()));
    }
    return Optional.empty();
  }

  private static Optional<Denied> paced(Facts.OfRun run, Facts.OfKnob knob) {
    KnobDeclaration declared = declared(knob);
    long since = run.step() - knob.lastChangeStep();
    if (knob.lastChangeStep() >= 0 && since < declared.cooldownSteps()) {
      return deny(
          ErrorId.KNOB_COOLDOWN,
          "The knob was changed %d steps ago, its cool-down is %d steps."
              .formatted(since, declared.cooldownSteps()));
    }
    if (knob.changesLastHour() >= declared.maxChangesPerHour()) {
      return deny(
          ErrorId.KNOB_BUDGET,
          "The knob was changed %d times in the last hour, its budget is %d."
              .formatted(knob.changesLastHour(), declared.maxChangesPerHour()));
    }
    return Optional.empty();
  }

  private static Optional<Denied> withinLimits(SetKnob change, Facts.OfKnob knob) {
    return ChangeLimits.of(declared(knob))
        .check(knob.value(), change.value())
        .map(broken -> new Denied(broken.errorId(), broken.reason()));
  }

  private Verdict clamped(SetKnob change, Facts.OfKnob knob) {
    KnobDeclaration declared = declared(knob);
    double bounded = Math.clamp(change.value(), declared.minimum(), declared.maximum());
    double value = ChangeLimits.of(declared).nearest(knob.value(), bounded);
    if (value < declared.minimum() || value > declared.maximum()) {
      return new Denied(
          ErrorId.KNOB_BOUNDS,
          "The value in force, %s, is so far outside [%s, %s] that one change cannot reach them."
              .formatted(
                  number(knob.value()), number(declared.minimum()), number(declared.maximum())));
    }
    double change1 = Math.abs(value - knob.value());
    if (change1 <= settings.leastChange() * Math.abs(knob.value())) {
      return new Denied(
          value == bounded ? ErrorId.KNOB_BOUNDS : ErrorId.KNOB_FACTOR,
          "Within its limits the knob would move by less than %s of its value."
              .formatted(number(settings.leastChange())));
    }
    String note =
        value == change.value()
            ? ""
            : "Clamped from %s to %s by the knob's %s."
                .formatted(
                    number(change.value()),
                    number(value),
                    value == bounded ? "bounds" : "largest factor");
    return new Allowed(new SetKnob(change.knob(), change.scope(), value, knob.value()), note);
  }

  private static KnobDeclaration declared(Facts.OfKnob knob) {
    KnobDeclaration declaration = knob.declaration();
    if (declaration == null) {
      throw new IllegalStateException("checked before");
    }
    return declaration;
  }

  private static Optional<Denied> deny(ErrorId id, String reason) {
    return Optional.of(new Denied(id, reason));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
