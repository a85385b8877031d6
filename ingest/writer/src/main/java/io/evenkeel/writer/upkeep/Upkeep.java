package io.evenkeel.writer.upkeep;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.writer.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** The tasks of upkeep, on a thread of their own. */
public final class Upkeep implements AutoCloseable {

  private static final Duration ROLL_PERIOD = Duration.ofSeconds(1);
  private static final Duration BACKLOG_PERIOD = Duration.ofSeconds(5);
  private static final Duration RANGES_PERIOD = Duration.ofMinutes(1);
  private static final Duration COMPRESSION_PERIOD = Duration.ofMinutes(5);
  private static final Duration RETENTION_PERIOD = Duration.ofMinutes(15);
  private static final Duration AT_WORK = Duration.ofHours(1);

  private final HikariDataSource database;
  private final Rounds rounds;

  private Upkeep(HikariDataSource database, UpkeepListener listener) {
    this.database = database;
    this.rounds = new Rounds(listener, ROLL_PERIOD);
  }

  /**
   * Begins; the schema is there, the database need not be.
   *
   * @param retention how long rows are kept after a run's last record; zero: for ever
   * @param listener told of failures, and of what is left to do
   */
  public static Upkeep start(Database database, Duration retention, UpkeepListener listener) {
    Upkeep upkeep = new Upkeep(database.openForUpkeep(), listener);
    upkeep.begin(retention, listener);
    return upkeep;
  }

  private void begin(Duration retention, UpkeepListener listener) {
    Roller roller = new Roller(database, Ripeness.STANDARD);
    // It rests as long as it has worked: storing goes before.
    rounds.every(ROLL_PERIOD, "roll-ups", () -> roller.roll(rounds::rest));
    rounds.every(
        BACKLOG_PERIOD, "backlog", new BacklogCount(database, Ripeness.STANDARD, listener)::count);
    rounds.every(RANGES_PERIOD, "partitions", this::makeRanges);
    rounds.every(COMPRESSION_PERIOD, "compression", new Compression(database, AT_WORK)::compress);
    if (retention.isPositive()) {
      rounds.every(RETENTION_PERIOD, "retention", new Retention(database, retention)::giveUp);
    }
  }

  /** Runs to come find their partitions made. */
  private void makeRanges() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "select evenkeel_store.make_run_range((coalesce(max(run_id), 0) + 64)::integer)"
              + " from evenkeel_store.run");
    }
  }

  /** Stops, in the middle of a transaction if need be: the database then undoes it. */
  @Override
  public void close() {
    rounds.close();
    database.close();
  }
}
