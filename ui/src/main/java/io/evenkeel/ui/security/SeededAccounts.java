package io.evenkeel.ui.security;

import io.evenkeel.ui.activity.ActivityLog;
import io.evenkeel.ui.store.OwnTables;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The accounts that the environment names, and the first admin where it names none. A password of
 * the environment is taken over once, when it is new there: its owner may change it afterwards, and
 * whoever gives the environment another one has that in force, as a way back in. Thread-safe.
 */
@Component
class SeededAccounts {
  private static final Logger LOG = LoggerFactory.getLogger(SeededAccounts.class);
  private static final String BY = "the environment";
  private static final long RETRY_SECONDS = 3;

  private final OwnTables tables;
  private final ActivityLog activity;
  private final Passwords passwords;
  private final Lockout lockout;
  private final ScheduledExecutorService executor;
  private final Clock clock;
  private final List<Seed> seeds = new ArrayList<>();
  private volatile boolean brought;

  private record Seed(String name, Role role, String password) {}

  SeededAccounts(
      OwnTables tables,
      ActivityLog activity,
      Passwords passwords,
      Lockout lockout,
      ScheduledExecutorService executor,
      Clock clock,
      @Value("${evenkeel.ui.admin-password:}") String admin,
      @Value("${evenkeel.ui.operator-password:}") String operator,
      @Value("${evenkeel.ui.viewer-password:}") String viewer) {
    this.tables = tables;
    this.activity = activity;
    this.passwords = passwords;
    this.lockout = lockout;
    this.executor = executor;
    this.clock = clock;
    seed("admin", Role.ADMIN, admin);
    seed("operator", Role.OPERATOR, operator);
    seed("viewer", Role.VIEWER, viewer);
  }

  private void seed(String name, Role role, String password) {
    if (!password.isEmpty()) {
      seeds.add(new Seed(name, role, password));
    }
  }

  /**
   * The role of an account of the environment, by the environment's password: what opens the
   * dashboard while the database, which has the accounts, cannot be asked.
   */
  Optional<Role> match(String name, String password) {
    for (Seed seed : seeds) {
      if (seed.name().equals(name)
          && java.security.MessageDigest.isEqual(
              seed.password().getBytes(java.nio.charset.StandardCharsets.UTF_8),
              password.getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
        return Optional.of(seed.role());
      }
    }
    return Optional.empty();
  }

  @EventListener(ApplicationReadyEvent.class)
  void bring() {
    executor.execute(this::bringOrRetry);
  }

  private void bringOrRetry() {
    try {
      ready();
    } catch (DataAccessException | TransactionException e) {
      LOG.debug("accounts wait for the database", e);
      Future<?> _ = executor.schedule(this::bringOrRetry, RETRY_SECONDS, TimeUnit.SECONDS);
    }
  }

  /**
   * Takes over what is new, the first time that the database answers; several processes may at
   * once.
   *
   * @throws DataAccessException if the database is away
   */
  synchronized void ready() {
    if (!brought) {
      bringNow();
      brought = true;
    }
  }

  private void bringNow() {
    Optional<String> drawn =
        tables.inTransaction(
            database -> {
              AccountRows.lock(database);
              seeds.forEach(seed -> takeOver(database, seed));
              return first(database);
            });
    drawn.ifPresent(
        password ->
            LOG.warn(
                "There was no account. The first is admin, its password is {} and is shown this"
                    + " once",
                password));
    activity.forget();
  }

  private Optional<String> first(JdbcClient database) {
    if (!AccountRows.isEmpty(database)) {
      return Optional.empty();
    }
    String password = passwords.draw();
    AccountRows.insert(
        database,
        "admin",
        Role.ADMIN,
        passwords.hash(password),
        null,
        Account.Password.GIVEN,
        "the first start",
        clock.instant());
    activity.done(database, "the first start", "account.create", "admin", "Role admin.");
    return Optional.of(password);
  }

  private void takeOver(JdbcClient database, Seed seed) {
    Optional<AccountRows.Row> row = AccountRows.find(database, seed.name());
    if (row.isPresent()
        && row.get().seeded() != null
        && passwords.matches(seed.password(), row.get().seeded())) {
      return;
    }
    String hash = passwords.hash(seed.password());
    if (row.isEmpty()) {
      AccountRows.insert(
          database,
          seed.name(),
          seed.role(),
          hash,
          hash,
          Account.Password.OWN,
          BY,
          clock.instant());
    } else {
      AccountRows.seed(database, seed.name(), seed.role(), hash, clock.instant());
      lockout.forgive(seed.name());
    }
    activity.done(
        database,
        BY,
        row.isEmpty() ? "account.create" : "account.reset",
        seed.name(),
        "The environment has a new password for it.");
  }
}
