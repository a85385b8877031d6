package io.evenkeel.trainer.control;

/**
 * A knob and where it acts.
 *
 * @param knob such as {@code load_balance.alpha}
 * @param scope empty for the whole model, {@code layers/3} for one layer
 */
public record KnobKey(String knob, String scope) {
  /** The knob for the whole model. */
  public static KnobKey global(String knob) {
    return new KnobKey(knob, "");
  }

  @Override
  public String toString() {
    return scope.isEmpty() ? knob : knob + " of " + scope;
  }
}
