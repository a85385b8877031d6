package io.evenkeel.ui.control;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.chart.Figures;
import io.evenkeel.ui.runs.Knob;

/** What a person typed for a knob: a value within its bounds, or what is wrong with it. */
public sealed interface KnobInput {

  /**
   * Can be asked for.
   *
   * @param value within the bounds
   */
  record Good(double value) implements KnobInput {}

  /**
   * Cannot.
   *
   * @param id id of the catalogue
   * @param message for the field
   */
  record Bad(ErrorId id, String message) implements KnobInput {}

  /** Reads and checks. */
  static KnobInput of(Knob knob, String typed) {
    double value;
    try {
      value = Double.parseDouble(typed.strip());
    } catch (NumberFormatException e) {
      return new Bad(ErrorId.KNOB_NOT_FINITE, "Type a number, such as 0.01 or 1e-8.");
    }
    return of(knob, value);
  }

  /** Checks. */
  static KnobInput of(Knob knob, double value) {
    if (!Double.isFinite(value)) {
      return new Bad(ErrorId.KNOB_NOT_FINITE, "NaN and infinity are no values of a knob.");
    }
    if (!(value >= knob.minimum() && value <= knob.maximum())) {
      return new Bad(
          ErrorId.KNOB_BOUNDS,
          "Between "
              + Figures.figure(knob.minimum())
              + " and "
              + Figures.figure(knob.maximum())
              + ".");
    }
    return new Good(value);
  }
}
