package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.writer.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLState;

class CopyLaneIT {

  private static final String SMALL = "copy small (n) from stdin with (format binary)";
  private static final String LARGE = "copy large (n) from stdin with (format binary)";

  /** More than the sockets between take at once. */
  private static final int MANY = 400_000;

  private TestDatabase database;
  private Connection connection;

  @BeforeEach
  void open() throws Exception {
    database = TestDatabase.create();
    database.execute("create table small (n integer check (n < 100))");
    database.execute("create table large (n integer)");
    connection = database.connect();
    connection.setAutoCommit(false);
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    database.close();
  }

  @Test
  void shouldCopyOneTableAfterTheOtherWhenTheyAreBegunAtOnce() throws Exception {
    CopyLane lane = new CopyLane(connection);
    lane.begin(LARGE, numbers(0, MANY));
    lane.begin(SMALL, numbers(0, 100));
    lane.begin(LARGE, numbers(MANY, MANY + 1));
    lane.join();

    assertThat(count("large")).isEqualTo(MANY + 1);
    assertThat(count("small")).isEqualTo(100);
  }

  @Test
  void shouldTellTheFirstFailureAndCopyNothingAfterItWhenARowIsRefused() throws Exception {
    CopyLane lane = new CopyLane(connection);
    lane.begin(LARGE, numbers(0, 10));
    lane.begin(SMALL, numbers(90, 110));
    lane.begin(LARGE, numbers(10, 20));

    assertThatThrownBy(lane::join)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getSQLState()).isEqualTo(PSQLState.CHECK_VIOLATION.getState()));
    connection.rollback();
    assertThat(count("large")).isZero();
  }

  @Test
  void shouldLeaveTheConnectionUsableWhenWhatFollowsIsGivenUp() throws Exception {
    CopyLane lane = new CopyLane(connection);
    lane.begin(LARGE, numbers(0, MANY));
    lane.begin(SMALL, numbers(90, 110));
    lane.settle();
    connection.rollback();

    assertThat(count("large")).isZero();
    CopyLane next = new CopyLane(connection);
    next.begin(SMALL, numbers(0, 5));
    next.join();
    assertThat(count("small")).isEqualTo(5);
  }

  private static CopyBuffer numbers(int from, int to) {
    CopyBuffer rows = new CopyBuffer(1);
    for (int n = from; n < to; n++) {
      rows.row().putInt(n);
    }
    return rows;
  }

  private long count(String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from " + table)) {
      row.next();
      return row.getLong(1);
    }
  }
}
