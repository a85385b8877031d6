package io.evenkeel.trainer.fault;

/**
 * A change of a knob's own value at one step, as if by a mistaken hand: it stays until a command or
 * another move changes it again.
 *
 * @param knob one that commands can set
 * @param change set or scaled
 * @param value the new value, or the factor
 */
public record KnobMove(FaultKnob knob, KnobFault.Change change, double value) {
  /** The value after the move. */
  public double apply(double inForce) {
    return switch (change) {
      case SET -> value;
      case SCALE -> inForce * value;
    };
  }
}
