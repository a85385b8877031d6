package io.evenkeel.ui.rundetail;

/**
 * A command that took effect.
 *
 * @param sequence its sequence
 * @param step step at which it was applied
 * @param knob knob, or the action's name; text from outside
 * @param scope scope; text from outside
 * @param value value that it set; NaN for an action
 * @param label what it did, for a mark
 */
public record CommandMark(
    long sequence, long step, String knob, String scope, double value, String label) {

  /** Knob and scope together. */
  String target() {
    return scope.isEmpty() ? knob : knob + " · " + scope;
  }
}
