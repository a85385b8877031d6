package io.evenkeel.ui.security;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.activity.ActivityLog;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.store.OwnTables;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Accounts: made, changed and disabled by admins, whose password their owners change. Whatever
 * changes what an account may do ends its sessions. The last admin who can log in stays one.
 * Thread-safe.
 */
@Component
public class Accounts {
  private final OwnTables tables;
  private final ActivityLog activity;
  private final Access access;
  private final Sessions sessions;
  private final Lockout lockout;
  private final Passwords passwords;
  private final Clock clock;

  Accounts(
      OwnTables tables,
      ActivityLog activity,
      Access access,
      Sessions sessions,
      Lockout lockout,
      Passwords passwords,
      Clock clock) {
    this.tables = tables;
    this.activity = activity;
    this.access = access;
    this.sessions = sessions;
    this.lockout = lockout;
    this.passwords = passwords;
    this.clock = clock;
  }

  /** All accounts, by name. */
  public List<Account> all() {
    access.require(Role.ADMIN);
    return AccountRows.all(tables.client());
  }

  /** The caller's own account, if it is one of the dashboard's. */
  public java.util.Optional<Account> own() {
    return AccountRows.find(tables.client(), access.user()).map(AccountRows.Row::account);
  }

  /**
   * Makes an account.
   *
   * @return its password, which is shown this once
   * @throws Refusal if the name is none or is taken
   */
  public String create(String name, Role role) {
    access.require(Role.ADMIN);
    Names.checked(name);
    String password = passwords.draw();
    String hash = passwords.hash(password);
    change(
        "account.create",
        name,
        "Role " + role.name().toLowerCase(Locale.ROOT) + ".",
        database -> {
          if (!AccountRows.insert(
              database,
              name,
              role,
              hash,
              null,
              Account.Password.GIVEN,
              access.user(),
              clock.instant())) {
            throw Refusal.conflict(
                ErrorId.ACCOUNT_EXISTS, "There is an account " + name + " already.");
          }
        });
    return password;
  }

  /** Gives an account another role. */
  public void setRole(String name, Role role) {
    access.require(Role.ADMIN);
    change(
        "account.role",
        name,
        "Role " + role.name().toLowerCase(Locale.ROOT) + ".",
        database -> {
          found(AccountRows.role(database, name, role, clock.instant()));
          requireAdmin(database);
        });
    sessions.end(name);
  }

  /** Lets an account's owner log in no more, or again. */
  public void setState(String name, Account.State state) {
    access.require(Role.ADMIN);
    change(
        state == Account.State.DISABLED ? "account.disable" : "account.enable",
        name,
        "",
        database -> {
          found(AccountRows.state(database, name, state, clock.instant()));
          requireAdmin(database);
        });
    if (state == Account.State.DISABLED) {
      sessions.end(name);
    }
  }

  /**
   * Gives an account a new password, in the place of one that is forgotten or known to others.
   *
   * @return the password, which is shown this once
   */
  public String resetPassword(String name) {
    access.require(Role.ADMIN);
    String password = passwords.draw();
    String hash = passwords.hash(password);
    change(
        PastFailures.RESET,
        name,
        "",
        database ->
            found(
                AccountRows.password(
                    database, name, hash, Account.Password.GIVEN, clock.instant())));
    lockout.forgive(name);
    sessions.end(name);
    return password;
  }

  /**
   * Changes the caller's own password; other sessions of the account end.
   *
   * @param session id of the caller's session, which goes on
   * @throws Refusal if the old one is wrong or the new one not allowed
   */
  public void changeOwnPassword(String old, String wanted, String session) {
    String name = access.user();
    AccountRows.Row row =
        AccountRows.find(tables.client(), name)
            .orElseThrow(
                () ->
                    Refusal.notFound(
                        ErrorId.ACCOUNT_UNKNOWN, "This account's password is kept elsewhere."));
    if (!passwords.matches(old, row.hash())) {
      activity.refused(name, "account.password", name, "The old password was wrong.");
      throw Refusal.invalid(ErrorId.LOGIN_REFUSED, "The old password is wrong.");
    }
    passwords.check(name, wanted);
    if (passwords.matches(wanted, row.hash())) {
      throw Refusal.invalid(ErrorId.ACCOUNT_INVALID, "The new password is the old one.");
    }
    String hash = passwords.hash(wanted);
    change(
        "account.password",
        name,
        "",
        database ->
            found(
                AccountRows.password(database, name, hash, Account.Password.OWN, clock.instant())));
    sessions.endExcept(name, session);
  }

  private void change(String action, String name, String detail, Consumer<JdbcClient> work) {
    String by = access.user();
    tables.inTransaction(
        database -> {
          AccountRows.lock(database);
          work.accept(database);
          activity.done(database, by, action, name, detail);
          return Boolean.TRUE;
        });
  }

  private static void found(boolean changed) {
    if (!changed) {
      throw Refusal.notFound(ErrorId.ACCOUNT_UNKNOWN, "There is no account of this name.");
    }
  }

  private static void requireAdmin(JdbcClient database) {
    if (!AccountRows.hasAdmin(database)) {
      throw Refusal.conflict(ErrorId.ACCOUNT_LAST_ADMIN, "Nobody could manage accounts any more.");
    }
  }
}
