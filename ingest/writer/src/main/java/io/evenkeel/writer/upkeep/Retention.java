package io.evenkeel.writer.upkeep;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up the rows of runs that have told nothing for a time; their roll-ups, alerts, commands and
 * audit trail stay. Partitions none of whose runs keeps rows are dropped; elsewhere the rows are
 * deleted, some steps at a time. Not thread-safe; several writers may do it at once.
 */
public final class Retention {

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /** Steps whose rows one transaction deletes. */
  private static final long STEPS_AT_ONCE = 2_048;

  private final DataSource database;
  private final Duration silence;

  /**
   * Retention.
   *
   * @param silence how long after the last record of a run its rows are kept; positive
   */
  public Retention(DataSource database, Duration silence) {
    if (!silence.isPositive()) {
      throw new IllegalArgumentException("silence must be positive");
    }
    this.database = database;
    this.silence = silence;
  }

  /**
   * Gives up what is due.
   *
   * @return runs whose rows were given up
   * @throws SQLException as the database fails; what is done stays done, and the rest is done the
   *     next time
   */
  public int giveUp() throws SQLException {
    int runs = 0;
    try (Connection connection = database.getConnection()) {
      for (int run :
          numbers(
              connection,
              """
              select run_id from evenkeel_store.incarnation group by run_id
              having max(touched_at) <= now() - ? * interval '1 millisecond'
                and bool_or(last_step >= raw_from)
              order by run_id
              """,
              silence.toMillis())) {
        if (is(
            connection,
            "select evenkeel_store.give_up_rows(?, ? * interval '1 millisecond')",
            run,
            silence.toMillis())) {
          runs++;
        }
      }
      dropRanges(connection);
      for (int run :
          numbers(
              connection,
              """
              select r.run_id from evenkeel_store.run r
              where r.rows_gone_at is null and exists (
                select from evenkeel_store.incarnation i
                where i.run_id = r.run_id and i.raw_from > 0)
              order by r.run_id
              """)) {
        while (is(connection, "select evenkeel_store.delete_given_up(?, ?)", run, STEPS_AT_ONCE)) {
          if (Thread.currentThread().isInterrupted()) {
            return runs;
          }
        }
      }
    }
    if (runs > 0) {
      LOG.info("Retention has given up the rows of {} runs; their roll-ups stay.", runs);
    }
    return runs;
  }

  private static void dropRanges(Connection connection) throws SQLException {
    for (int first :
        numbers(connection, "select first_run from evenkeel_store.run_range order by 1")) {
      is(connection, "select evenkeel_store.drop_run_range(?)", first);
    }
  }

  private static List<Integer> numbers(Connection connection, String sql, Object... parameters)
      throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    try (PreparedStatement statement = prepare(connection, sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        numbers.add(rows.getInt(1));
      }
    }
    return numbers;
  }

  private static boolean is(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() && rows.getBoolean(1);
    }
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
