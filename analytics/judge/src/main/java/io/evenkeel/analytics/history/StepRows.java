package io.evenkeel.analytics.history;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of one view and run, by step, as a cursor in the database gives them. */
final class StepRows implements AutoCloseable {
  private static final int FETCH_ROWS = 2_000;
  private static final String STEP = "step";

  private final PreparedStatement statement;
  private final ResultSet rows;
  private final List<String> columns = new ArrayList<>();
  private boolean there;

  private StepRows(PreparedStatement statement, ResultSet rows) throws SQLException {
    this.statement = statement;
    this.rows = rows;
    ResultSetMetaData names = rows.getMetaData();
    for (int i = 1; i <= names.getColumnCount(); i++) {
      columns.add(names.getColumnLabel(i));
    }
    this.there = rows.next();
  }

  /**
   * Opens the cursor.
   *
   * @param connection within a transaction, or the whole result would be fetched at once
   * @param view one of {@code ui_v1_*_steps}
   * @param run the run
   * @param order columns after the step that order its rows; empty, or beginning with a comma
   */
  static StepRows of(Connection connection, String view, String run, String order)
      throws SQLException {
    PreparedStatement statement =
        connection.prepareStatement(
            "select * from " + view + " where run = ? order by step" + order);
    try {
      statement.setFetchSize(FETCH_ROWS);
      statement.setString(1, run);
      return new StepRows(statement, statement.executeQuery());
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  /** The next row's values by column, without run and step; null if it is not of this step. */
  @Nullable Map<String, @Nullable Object> next(long step) throws SQLException {
    if (!there || rows.getLong(STEP) != step) {
      return null;
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (String column : columns) {
      if (!column.equals("run") && !column.equals(STEP)) {
        Object value = rows.getObject(column);
        values.put(column, value instanceof Array array ? array.getArray() : value);
      }
    }
    there = rows.next();
    return values;
  }

  /** The step of the next row; -1 after the last. */
  long step() throws SQLException {
    return there ? rows.getLong(STEP) : -1;
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
