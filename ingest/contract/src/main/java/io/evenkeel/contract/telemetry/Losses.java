package io.evenkeel.contract.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * Loss terms of a step, nats, means over the sender's tokens (FORMULAS section 3).
 *
 * @param languageModel L_LM; null if not reported
 * @param loadBalance mean over layers of the unscaled L_LB; null if not reported
 * @param hiddenZ L_Z, lambda included; null if not reported
 * @param total L_total; null if not reported
 */
public record Losses(
    @Nullable Double languageModel,
    @Nullable Double loadBalance,
    @Nullable Double hiddenZ,
    @Nullable Double total) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public Losses {}

  /** No loss reported. */
  public static final Losses NONE = new Losses(null, null, null, null);
}
