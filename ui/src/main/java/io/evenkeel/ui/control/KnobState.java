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
 */
public record KnobState(
    Knob declared, @Nullable Double value, String mode, HoldState hold, String changedBy) {}
