package io.evenkeel.ui.rundetail;

/**
 * A command that took effect.
 *
 * @param sequence its sequence
 * @param step step at which it was applied
 * @param knob knob, or the action's name; text from outside
 * @param scope scope; text from outside
 * @param label what it did, for a mark
 */
public record CommandMark(long sequence, long step, String knob, String scope, String label) {}
