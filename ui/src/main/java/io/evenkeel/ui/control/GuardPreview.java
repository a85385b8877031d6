package io.evenkeel.ui.control;

import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.ChangeLimits;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.runs.Knob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the controller's guard will say to a value set by hand, as far as it can be known before:
 * the limits are the contract's, which the guard judges by too; the state is what the page shows. A
 * person may pass cool-down and budget, so those are told and refuse nothing. The guard judges
 * again, and has the last word.
 *
 * @param verdict what it will say
 * @param errorId id of the refusal; null if it is allowed
 * @param sentence what it will say, for people
 * @param notes what is good to know beside it
 * @param nearest the nearest value that one change may reach; null unless that is another one
 */
public record GuardPreview(
    Verdict verdict,
    @Nullable ErrorId errorId,
    String sentence,
    List<String> notes,
    @Nullable Double nearest) {

  /** Yes or no. */
  public enum Verdict {
    /** It will go to the trainer. */
    ALLOWED,
    /** It will be refused. */
    REFUSED
  }

  /** Copies. */
  public GuardPreview {
    notes = List.copyOf(notes);
  }

  /** Looks ahead. */
  public static GuardPreview of(ControlState state, KnobState knob, double wanted, Instant now) {
    Knob declared = knob.declared();
    double value = knob.value() == null ? Double.NaN : knob.value();
    Optional<GuardPreview> refused =
        steerable(state).or(() -> usable(knob)).or(() -> limits(declared, value, wanted));
    return refused.orElseGet(
        () ->
            new GuardPreview(
                Verdict.ALLOWED,
                null,
                "The guard will allow " + change(value, wanted, declared.unit()) + ".",
                notes(state, knob, wanted, now),
                null));
  }

  private static Optional<GuardPreview> steerable(ControlState state) {
    if (!state.header().isRunning() && !"paused".equals(state.header().status())) {
      return refuse(ErrorId.CONTROL_RUN_UNKNOWN, "The run has ended.");
    }
    return state.killSwitch() == HoldState.HELD
        ? refuse(ErrorId.CONTROL_KILLED, "The kill switch of the run is on. Release it first.")
        : Optional.empty();
  }

  private static Optional<GuardPreview> usable(KnobState knob) {
    if (knob.hold() == HoldState.HELD) {
      return refuse(ErrorId.KNOB_HELD, "The knob is held by hand. Release it first.");
    }
    return knob.flight() == KnobState.Flight.UNDER_WAY
        ? refuse(
            ErrorId.CONTROL_IN_FLIGHT, "A command for this knob waits for the trainer's answer.")
        : Optional.empty();
  }

  private static Optional<GuardPreview> limits(Knob declared, double value, double wanted) {
    if (!Double.isFinite(wanted)) {
      return refuse(ErrorId.KNOB_NOT_FINITE, "NaN and infinity are no values of a knob.");
    }
    var limits = new ChangeLimits(declared.minimum(), declared.maximum(), declared.maxFactor());
    return limits
        .check(value, wanted)
        .map(
            broken -> {
              double bounded = Math.clamp(wanted, declared.minimum(), declared.maximum());
              double nearest = limits.nearest(value, bounded);
              boolean reachable = nearest >= declared.minimum() && nearest <= declared.maximum();
              return new GuardPreview(
                  Verdict.REFUSED,
                  broken.errorId(),
                  broken.reason(),
                  List.of(),
                  reachable && nearest != value ? nearest : null);
            });
  }

  private static List<String> notes(
      ControlState state, KnobState knob, double wanted, Instant now) {
    Knob declared = knob.declared();
    List<String> notes = new ArrayList<>();
    LastChange last = knob.last();
    Long step = state.header().lastStep();
    if (last != null && step != null && step - last.step() < declared.cooldownSteps()) {
      notes.add(
          "It was changed "
              + Figures.count(step - last.step())
              + " steps ago; its cool-down of "
              + declared.cooldownSteps()
              + " steps binds policies, not people.");
    }
    if (knob.changesLastHour() >= declared.maxChangesPerHour()) {
      notes.add(
          "It was changed "
              + knob.changesLastHour()
              + " times in the last hour; its budget of "
              + declared.maxChangesPerHour()
              + " binds policies, not people.");
    }
    if (state.header().isStale(now)) {
      notes.add("The run has sent nothing for a while: the trainer may not hear of it.");
    }
    if (knob.value() != null && knob.value() == wanted) {
      notes.add("That is the value in force.");
    } else if (wanted == declared.baseline()) {
      notes.add("That is the baseline, the value without Evenkeel.");
    }
    if (!"observe".equals(knob.mode().isEmpty() ? state.mode() : knob.mode())) {
      notes.add("A policy may move it again; hold the knob to keep your value.");
    }
    return notes;
  }

  private static String change(double value, double wanted, String unit) {
    String to = Figures.figure(wanted) + (unit.isEmpty() ? "" : " " + unit);
    if (!Double.isFinite(value) || value == 0 || wanted == 0) {
      return "the change to " + to;
    }
    return "the change from "
        + Figures.figure(value)
        + " to "
        + to
        + " (× "
        + Figures.figure(wanted / value)
        + ")";
  }

  private static Optional<GuardPreview> refuse(ErrorId id, String sentence) {
    return Optional.of(new GuardPreview(Verdict.REFUSED, id, sentence, List.of(), null));
  }
}
