package io.evenkeel.contract.command;

import java.time.Instant;
import java.util.Objects;

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
    Objects.requireNonNull(validUntil, "validUntil");
  }
}
