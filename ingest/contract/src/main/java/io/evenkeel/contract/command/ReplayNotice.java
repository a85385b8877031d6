package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;

/**
 * Deliver a stored notice once more, under its id and marked as a replay.
 *
 * @param notice id of the notice
 * @param receiver id of the channel that is to have it; several may have had a notice of one id
 */
public record ReplayNotice(String notice, String receiver) implements AlertRequest {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public ReplayNotice {
    Check.name("notice", notice);
    Check.name("receiver", receiver);
  }
}
