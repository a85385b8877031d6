package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import java.time.Instant;

/**
 * Renews the trainer's trust in its commanded values.
 *
 * @param validUntil until when
 */
public record Lease(Instant validUntil) implements CommandBody {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public Lease {
    validUntil = Check.instant("validUntil", validUntil);
  }
}
