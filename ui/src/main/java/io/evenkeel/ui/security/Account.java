package io.evenkeel.ui.security;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An account, without its password.
 *
 * @param name what its owner logs in with
 * @param role what its owner may do
 * @param state whether its owner may log in
 * @param password whether the owner has chosen the password
 * @param createdAt when it was made
 * @param createdBy who made it
 * @param lastLoginAt when its owner last logged in; null if never
 */
public record Account(
    String name,
    Role role,
    State state,
    Password password,
    @Nullable Instant createdAt,
    String createdBy,
    @Nullable Instant lastLoginAt) {

  /** Whether the owner may log in. */
  public enum State {
    /** The owner may. */
    ENABLED,
    /** Nobody may. */
    DISABLED
  }

  /** Who knows the password. */
  public enum Password {
    /** Its owner alone. */
    OWN,
    /** Somebody has given it, and the owner is asked for another one. */
    GIVEN
  }
}
