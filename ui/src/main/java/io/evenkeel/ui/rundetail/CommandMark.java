package io.evenkeel.ui.rundetail;

/**
 * A command that took effect.
 *
 * @param epoch its epoch
 * @param sequence its sequence
 * @param step step at which it was applied
 * @param knob knob, or the action's name; text from outside
 * @param scope scope; text from outside
 * @param value value that it set; NaN for an action
 * @param label what it did, for a mark
 */
public record CommandMark(
    long epoch, long sequence, long step, String knob, String scope, double value, String label) {

  /** What asks for it, see {@link RunEvents}. */
  String id() {
    return RunEvents.COMMAND + epoch + "/" + sequence;
  }

  /** Knob and scope together. */
  String target() {
    return scope.isEmpty() ? knob : knob + " · " + scope;
  }
}
