package io.evenkeel.controller.policy;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.run.KnobDeclaration;

/**
 * A knob and what it covers.
 *
 * @param knob such as {@code load_balance.alpha}
 * @param scope empty for the whole model
 */
public record KnobKey(String knob, String scope) {

  /** The knob for the whole model. */
  public static KnobKey global(String knob) {
    return new KnobKey(knob, "");
  }

  /** What a declaration declares. */
  public static KnobKey of(KnobDeclaration declaration) {
    return new KnobKey(declaration.knob(), declaration.scope());
  }

  /** What a command sets. */
  public static KnobKey of(SetKnob set) {
    return new KnobKey(set.knob(), set.scope());
  }

  @Override
  public String toString() {
    return scope.isEmpty() ? knob : knob + "@" + scope;
  }
}
