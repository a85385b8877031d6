package io.evenkeel.standalone.archive;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A run as the database has it.
 *
 * @param run run id
 * @param status running, paused, finished or failed
 * @param observations stored, of all incarnations
 * @param steps with signals
 * @param alerts incidents
 * @param commands commands
 */
public record StoredRun(
    String run, String status, long observations, long steps, long alerts, long commands) {
  /** What PostgreSQL says of a view that is not there: nothing has ever been stored. */
  private static final String NO_SUCH_TABLE = "42P01";

  /** The run; empty if there is none. */
  public static Optional<StoredRun> find(Connection connection, String run) throws SQLException {
    String sql =
        "select r.status,"
            + " (select coalesce(sum(c.stored), 0) from ui_v1_telemetry_counts c where c.run = r.run),"
            + " (select count(*) from ui_v1_run_steps s where s.run = r.run),"
            + " (select count(*) from ui_v1_alerts a where a.run = r.run),"
            + " (select count(*) from ui_v1_commands c where c.run = r.run)"
            + " from ui_v1_runs r where r.run = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, run);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new StoredRun(
                    run,
                    row.getString(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5)))
            : Optional.empty();
      }
    } catch (SQLException e) {
      if (NO_SUCH_TABLE.equals(e.getSQLState())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether more may come of it. */
  public boolean isLive() {
    return status.equals("running") || status.equals("paused");
  }
}
