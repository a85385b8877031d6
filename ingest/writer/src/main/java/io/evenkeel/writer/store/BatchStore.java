package io.evenkeel.writer.store;

import io.evenkeel.writer.store.Staging.Emptying;
import io.evenkeel.writer.store.StoreException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Stores batches, each in one transaction. Rows of steps that are new go by COPY straight into
 * their tables, whose unique keys see to it that they are; all others go by COPY into temporary
 * tables and from there by one merging statement a table. Not thread-safe.
 */
public final class BatchStore {

  /** Dead rows that a staging table may hold before it is truncated. */
  private static final int DEAD_ROWS_LIMIT = 5_000;

  private static final String UNIQUE_VIOLATION = "23505";

  private final DataSource database;
  private final Clock clock;
  private final Identifiers runs = Identifiers.ofRuns();
  private final Identifiers names = Identifiers.ofNames();
  private final Frontier frontier = new Frontier();
  private final CopyBuffers buffers = new CopyBuffers();
  private final Map<Staging, Integer> deadRows = new EnumMap<>(Staging.class);

  /** Which rows are taken for new. */
  private enum Guess {
    FRONTIER,
    NOTHING_IS_NEW
  }

  /**
   * A store of batches.
   *
   * @param database a pool of {@link Database}
   * @param clock says when observations were received
   */
  public BatchStore(DataSource database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * Stores a batch and commits. The same batch again changes nothing.
   *
   * @throws StoreException if nothing of it was stored; {@code UNAVAILABLE} also when the
   *     connection broke during the commit, and nobody knows
   */
  public void write(List<Entry> entries) throws StoreException {
    if (entries.isEmpty()) {
      return;
    }
    try (Connection connection = database.getConnection()) {
      write(connection, entries);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private void write(Connection connection, List<Entry> entries)
      throws SQLException, StoreException {
    try {
      transact(connection, entries, Guess.FRONTIER);
    } catch (SQLException e) {
      if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw e;
      }
      // Another writer has stored some of what was taken for new: all of it is compared.
      frontier.forget();
      transact(connection, entries, Guess.NOTHING_IS_NEW);
    }
  }

  private void transact(Connection connection, List<Entry> entries, Guess guess)
      throws SQLException, StoreException {
    Rows rows = new Rows(runs, names, frontier, buffers, clock.instant());
    CopyLane lane = new CopyLane(connection);
    try {
      try {
        Rows.learn(connection, entries, runs, names);
        if (guess == Guess.FRONTIER) {
          frontier.learn(connection, rows.incarnations(entries));
        }
        copy(lane, rows, entries);
      } catch (RuntimeException e) {
        lane.settle();
        // The pool ends the transaction.
        throw new StoreException(Kind.REJECTED, "cannot be made into rows: " + e, e);
      }
      lane.join();
      merge(connection, rows.staged());
      connection.commit();
    } catch (SQLException e) {
      rollBack(connection, e);
      throw e;
    }
    connection.setAutoCommit(true);
    frontier.advance(rows.lastSteps());
  }

  /** Makes the rows; those that are new are copied as soon as all of their table are made. */
  private static void copy(CopyLane lane, Rows rows, List<Entry> entries) {
    rows.add(entries, (table, complete) -> lane.begin(table.copyDirect(), complete));
    rows.marks().ifPresent(marks -> lane.begin(Staging.COPY_MARKS, marks));
    rows.staged().forEach((table, complete) -> lane.begin(table.copy(), complete));
  }

  private void merge(Connection connection, Map<Staging, CopyBuffer> buffers) throws SQLException {
    List<String> merges = new ArrayList<>();
    List<String> clears = new ArrayList<>();
    for (Staging staging : Staging.values()) {
      CopyBuffer buffer = buffers.get(staging);
      // Observations feed the progress in the database itself.
      if (buffer != null
          || (staging == Staging.PROGRESS && buffers.containsKey(Staging.OBSERVATION))) {
        merges.add(staging.merge());
        clears.add(staging.clear(emptying(staging, buffer == null ? 1 : buffer.rows())));
      }
    }
    merges.addAll(clears);
    if (merges.isEmpty()) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(String.join(";\n", merges));
    }
  }

  private Emptying emptying(Staging staging, int rows) {
    int dead = deadRows.merge(staging, rows, Integer::sum);
    if (dead <= DEAD_ROWS_LIMIT) {
      return Emptying.DELETE;
    }
    deadRows.remove(staging);
    return Emptying.TRUNCATE;
  }

  private static void rollBack(Connection connection, SQLException cause) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private StoreException failed(SQLException cause) {
    StoreException failure = StoreException.of(cause);
    if (failure.kind() == Kind.UNAVAILABLE) {
      // What comes back may be another database, restored or empty.
      runs.forget();
      names.forget();
      frontier.forget();
    }
    return failure;
  }
}
