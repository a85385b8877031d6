package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import java.util.Objects;

/**
 * Answer a proposal.
 *
 * @param proposal audit id of the proposal
 * @param verdict verdict
 */
public record Approval(String proposal, ApprovalVerdict verdict) implements RequestBody {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public Approval {
    Check.name("proposal", proposal);
    Objects.requireNonNull(verdict, "verdict");
  }
}
