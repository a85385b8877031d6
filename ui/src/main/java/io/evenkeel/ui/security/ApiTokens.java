package io.evenkeel.ui.security;

import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.activity.ActivityLog;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.store.OwnTables;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/**
 * Tokens of the API. Of a secret only its SHA-256 is kept: it is 256 random bits, which nobody
 * guesses. One more may come from the environment, for automation that begins before anybody has
 * logged in; it is an admin's. Thread-safe.
 */
@Component
public class ApiTokens {
  private static final String PREFIX = "evk_";
  private static final int SECRET_BYTES = 32;
  private static final int SHORTEST_GIVEN = 32;
  private static final int LONGEST_SECRET = 256;
  private static final Duration BETWEEN_MARKS = Duration.ofMinutes(1);

  private final OwnTables tables;
  private final ActivityLog activity;
  private final Access access;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final byte @Nullable [] given;

  /**
   * Tokens in {@code tables}.
   *
   * @param given the environment's token, empty for none
   */
  public ApiTokens(
      OwnTables tables,
      ActivityLog activity,
      Access access,
      Clock clock,
      @Value("${evenkeel.ui.api-token:}") String given) {
    this.tables = tables;
    this.activity = activity;
    this.access = access;
    this.clock = clock;
    if (!given.isEmpty() && given.length() < SHORTEST_GIVEN) {
      throw new IllegalArgumentException(
          ErrorId.CONFIG_INVALID.line("EVENKEEL_API_TOKEN has fewer than 32 characters."));
    }
    this.given = given.isEmpty() ? null : sha256(given);
  }

  /**
   * A token and its secret, which is shown this once.
   *
   * @param token the token
   * @param secret what a caller sends
   */
  public record Made(ApiToken token, String secret) {
    @Override
    public String toString() {
      return "Made[" + token + "]";
    }
  }

  /**
   * Makes a token.
   *
   * @param lives how long it holds; null for ever
   * @throws Refusal if the name is none or is taken
   */
  public Made create(String name, Role role, @Nullable Duration lives) {
    access.require(Role.ADMIN);
    Names.checked(name);
    if (lives != null && (lives.isNegative() || lives.isZero())) {
      throw Refusal.invalid(ErrorId.ACCOUNT_INVALID, "A token must live longer than nothing.");
    }
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Instant now = clock.instant();
    var token =
        new ApiToken(
            name, role, now, access.user(), lives == null ? null : now.plus(lives), null, null);
    try {
      return tables.inTransaction(
          database -> {
            database
                .sql(
                    "insert into dashboard.token (name, sha256, role, created_at, created_by,"
                        + " expires_at) values (:name, :sha256, :role, :now, :by, :expires)")
                .param("name", name)
                .param("sha256", sha256(secret))
                .param("role", role.name().toLowerCase(Locale.ROOT))
                .param("now", Timestamp.from(now))
                .param("by", token.createdBy())
                .param(
                    "expires",
                    token.expiresAt() == null ? null : Timestamp.from(token.expiresAt()),
                    java.sql.Types.TIMESTAMP)
                .update();
            activity.done(
                database,
                token.createdBy(),
                "token.create",
                name,
                "Role " + role.name().toLowerCase(Locale.ROOT) + ".");
            return new Made(token, secret);
          });
    } catch (DuplicateKeyException e) {
      throw Refusal.conflict(
          ErrorId.ACCOUNT_EXISTS, "There is or was a token " + name + " already.");
    }
  }

  /**
   * Revokes a token; the next request with it is refused.
   *
   * @throws Refusal if there is none of this name
   */
  public void revoke(String name) {
    access.require(Role.ADMIN);
    String by = access.user();
    tables.inTransaction(
        database -> {
          int rows =
              database
                  .sql(
                      "update dashboard.token set revoked_at = :now, revoked_by = :by"
                          + " where name = :name and revoked_at is null")
                  .param("now", Timestamp.from(clock.instant()))
                  .param("by", by)
                  .param("name", name)
                  .update();
          if (rows == 0) {
            throw Refusal.notFound(ErrorId.ACCOUNT_UNKNOWN, "There is no such token in force.");
          }
          activity.done(database, by, "token.revoke", name, "");
          return rows;
        });
  }

  /** All tokens, those in force first, then by name. */
  public List<ApiToken> all() {
    access.require(Role.ADMIN);
    return tables
        .client()
        .sql("select * from dashboard.token order by revoked_at is not null, name")
        .query((row, number) -> token(row))
        .list();
  }

  /**
   * The token of a secret, if it opens anything now.
   *
   * @throws org.springframework.dao.DataAccessException if the database is away
   */
  public Optional<ApiToken> find(String secret) {
    if (secret.length() > LONGEST_SECRET) {
      return Optional.empty();
    }
    byte[] hash = sha256(secret);
    if (given != null && MessageDigest.isEqual(given, hash)) {
      return Optional.of(
          new ApiToken("environment", Role.ADMIN, null, "the environment", null, null, null));
    }
    if (!secret.startsWith(PREFIX)) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    Optional<ApiToken> found =
        tables
            .client()
            .sql("select * from dashboard.token where sha256 = :sha256")
            .param("sha256", hash)
            .query((row, number) -> token(row))
            .optional()
            .filter(token -> token.isGood(now));
    found.ifPresent(token -> mark(token, now));
    return found;
  }

  // To the minute: a request must not cost a write.
  private void mark(ApiToken token, Instant now) {
    Instant last = token.lastUsedAt();
    if (last == null || !now.isBefore(last.plus(BETWEEN_MARKS))) {
      tables
          .client()
          .sql("update dashboard.token set last_used_at = :now where name = :name")
          .param("now", Timestamp.from(now))
          .param("name", token.name())
          .update();
    }
  }

  private static ApiToken token(ResultSet row) throws SQLException {
    return new ApiToken(
        text(row, "name"),
        Role.valueOf(text(row, "role").toUpperCase(Locale.ROOT)),
        time(row, "created_at"),
        text(row, "created_by"),
        time(row, "expires_at"),
        time(row, "last_used_at"),
        time(row, "revoked_at"));
  }

  private static byte[] sha256(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
