package io.evenkeel.ui.security;

import static io.evenkeel.ui.store.Columns.text;
import static io.evenkeel.ui.store.Columns.time;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table of accounts, within a transaction of whoever asks. Changes are tried on one row. */
final class AccountRows {
  private AccountRows() {}

  /**
   * An account and the hash of its password.
   *
   * @param account the account
   * @param hash hash of the password
   * @param seeded hash of the environment's password that was taken over last; null if none was
   */
  record Row(Account account, String hash, @Nullable String seeded) {
    @Override
    public String toString() {
      return "Row[" + account + "]";
    }
  }

  static List<Account> all(JdbcClient database) {
    return database
        .sql("select * from dashboard.account order by name")
        .query((row, number) -> row(row).account())
        .list();
  }

  static Optional<Row> find(JdbcClient database, String name) {
    return database
        .sql("select * from dashboard.account where name = :name")
        .param("name", name)
        .query((row, number) -> row(row))
        .optional();
  }

  static boolean isEmpty(JdbcClient database) {
    return database.sql("select 1 from dashboard.account limit 1").query().listOfRows().isEmpty();
  }

  /** Whether there was none of this name. */
  static boolean insert(
      JdbcClient database,
      String name,
      Role role,
      String hash,
      @Nullable String seeded,
      Account.Password password,
      String by,
      Instant now) {
    return database
            .sql(
                "insert into dashboard.account (name, role, password, seeded, must_change,"
                    + " created_at, created_by, changed_at) values (:name, :role, :hash, :seeded,"
                    + " :given, :now, :by, :now) on conflict (name) do nothing")
            .param("name", name)
            .param("role", roleText(role))
            .param("hash", hash)
            .param("seeded", seeded, java.sql.Types.VARCHAR)
            .param("given", password == Account.Password.GIVEN)
            .param("now", Timestamp.from(now))
            .param("by", by)
            .update()
        == 1;
  }

  static boolean password(
      JdbcClient database, String name, String hash, Account.Password password, Instant now) {
    return database
            .sql(
                "update dashboard.account set password = :hash, must_change = :given,"
                    + " changed_at = :now where name = :name")
            .param("hash", hash)
            .param("given", password == Account.Password.GIVEN)
            .param("now", Timestamp.from(now))
            .param("name", name)
            .update()
        == 1;
  }

  static void seed(JdbcClient database, String name, Role role, String hash, Instant now) {
    database
        .sql(
            "update dashboard.account set password = :hash, seeded = :hash, role = :role,"
                + " disabled = false, must_change = false, changed_at = :now where name = :name")
        .param("hash", hash)
        .param("role", roleText(role))
        .param("now", Timestamp.from(now))
        .param("name", name)
        .update();
  }

  static boolean role(JdbcClient database, String name, Role role, Instant now) {
    return database
            .sql("update dashboard.account set role = :role, changed_at = :now where name = :name")
            .param("role", roleText(role))
            .param("now", Timestamp.from(now))
            .param("name", name)
            .update()
        == 1;
  }

  static boolean state(JdbcClient database, String name, Account.State state, Instant now) {
    return database
            .sql(
                "update dashboard.account set disabled = :disabled, changed_at = :now"
                    + " where name = :name")
            .param("disabled", state == Account.State.DISABLED)
            .param("now", Timestamp.from(now))
            .param("name", name)
            .update()
        == 1;
  }

  static void loggedIn(JdbcClient database, String name, Instant now) {
    database
        .sql("update dashboard.account set last_login_at = :now where name = :name")
        .param("now", Timestamp.from(now))
        .param("name", name)
        .update();
  }

  /** Others who change accounts wait until the transaction is over. */
  static void lock(JdbcClient database) {
    database.sql("lock table dashboard.account in share row exclusive mode").update();
  }

  static boolean hasAdmin(JdbcClient database) {
    return !database
        .sql("select 1 from dashboard.account where role = 'admin' and not disabled limit 1")
        .query()
        .listOfRows()
        .isEmpty();
  }

  static String roleText(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private static Row row(ResultSet row) throws SQLException {
    var account =
        new Account(
            text(row, "name"),
            Role.valueOf(text(row, "role").toUpperCase(Locale.ROOT)),
            row.getBoolean("disabled") ? Account.State.DISABLED : Account.State.ENABLED,
            row.getBoolean("must_change") ? Account.Password.GIVEN : Account.Password.OWN,
            time(row, "created_at"),
            text(row, "created_by"),
            time(row, "last_login_at"));
    return new Row(account, text(row, "password"), row.getString("seeded"));
  }
}
