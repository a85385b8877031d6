package io.evenkeel.ui.control;

import io.evenkeel.contract.command.HoldState;
import io.evenkeel.ui.runs.Knob;
import org.jspecify.annotations.Nullable;

/**
 * A knob as it stands.
 *
 * @param declared what the run declares of it
 * @param value value in force; null before the first signals
 * @param mode mode of this knob; empty when it follows the run's
 * @param hold whether it is held by hand
 * @param changedBy who changed mode or hold last; empty if nobody did
 * @param last its last change; null if there was none
 * @param changesLastHour commands for it that were sent in the last hour
 * @param flight whether a command for it waits for the trainer's answer
 */
public record KnobState(
    Knob declared,
    @Nullable Double value,
    String mode,
    HoldState hold,
    String changedBy,
    @Nullable LastChange last,
    int changesLastHour,
    Flight flight) {

  /** Whether a command is under way. */
  public enum Flight {
    /** A command waits for its answer. */
    UNDER_WAY,
    /** None does. */
    NONE
  }
}
