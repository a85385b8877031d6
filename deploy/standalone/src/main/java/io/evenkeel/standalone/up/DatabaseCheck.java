package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import java.sql.Connection;
import java.sql.SQLException;

/** Says whether a database that is not ours can be reached. */
final class DatabaseCheck {
  private DatabaseCheck() {}

  /** Tells the console; a database that is down stops nothing, since every service keeps trying. */
  static void tell(DatabaseAddress address, Console console) {
    try (Connection connection = address.connect()) {
      console.line("database", "reached: " + connection.getMetaData().getDatabaseProductVersion());
    } catch (SQLException e) {
      console.problem(
          ErrorId.DB_UNAVAILABLE,
          "The database " + address + " cannot be reached (" + e.getMessage() + ").");
    }
  }
}
