package io.evenkeel.gateway.token;

import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A token as it is kept: its hash, not the token.
 *
 * @param id names it in logs, lists and metrics; letters, digits, '.', '_' and '-', at most 64
 * @param sha256 SHA-256 of the token's characters, 64 lower-case hexadecimal digits
 * @param runs the runs that it covers
 * @param created when it was made
 * @param expires from when on it is refused; null for never
 */
public record Token(
    String id, String sha256, RunPattern runs, Instant created, @Nullable Instant expires) {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public Token {
    Check.that(
        ID.matcher(id).matches(),
        "id must be 1 to 64 letters, digits, '.', '_' or '-', and begin with a letter or digit");
    Check.that(HASH.matcher(sha256).matches(), "sha256 must be 64 lower-case hexadecimal digits");
  }

  /** Whether it is refused at a time. */
  public boolean isExpired(Instant now) {
    return expires != null && !now.isBefore(expires);
  }
}
