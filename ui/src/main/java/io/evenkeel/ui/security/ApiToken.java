package io.evenkeel.ui.security;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token of the API, without its secret.
 *
 * @param name what the audit calls it
 * @param role what it may do
 * @param createdAt when it was made
 * @param createdBy who made it
 * @param expiresAt when it ends; null for never
 * @param lastUsedAt when it was last used, to the minute; null if never
 * @param revokedAt when it was revoked; null if it was not
 */
public record ApiToken(
    String name,
    Role role,
    @Nullable Instant createdAt,
    String createdBy,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant revokedAt) {

  /** Whether it opens anything. */
  public boolean isGood(Instant now) {
    return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
  }

  /** The name under which it acts. */
  public String actor() {
    return "token:" + name;
  }
}
