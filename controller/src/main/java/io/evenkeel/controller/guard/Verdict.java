package io.evenkeel.controller.guard;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;

/** The guard's word. */
public sealed interface Verdict {

  /**
   * May go.
   *
   * @param change the change, clamped where it had to be
   * @param note what was clamped, empty if nothing
   */
  record Allowed(SetKnob change, String note) implements Verdict {}

  /**
   * May not.
   *
   * @param errorId why
   * @param reason a sentence for people
   */
  record Denied(ErrorId errorId, String reason) implements Verdict {}
}
