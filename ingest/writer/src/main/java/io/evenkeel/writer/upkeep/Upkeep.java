package io.evenkeel.writer.upkeep;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.writer.store.Database;
import io.evenkeel.writer.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of upkeep on a thread of their own, each again and again; after a failure ever later,
 * up to a minute or its own period.
 */
public final class Upkeep implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final Duration ROLL_PERIOD = Duration.ofSeconds(1);
  private static final Duration RANGES_PERIOD = Duration.ofMinutes(1);
  private static final Duration COMPRESSION_PERIOD = Duration.ofMinutes(5);
  private static final Duration RETENTION_PERIOD = Duration.ofMinutes(15);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final Duration AT_WORK = Duration.ofHours(1);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(1);

  private final HikariDataSource database;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("upkeep").factory());

  /** Something to do. */
  @FunctionalInterface
  private interface Work {
    void run() throws SQLException;
  }

  private record Task(String name, Duration period, Work work) {

    Duration after(int failures) {
      if (failures == 0) {
        return period;
      }
      Duration wait = ROLL_PERIOD.multipliedBy(1L << Math.min(failures, 6));
      Duration most = period.compareTo(LONGEST_WAIT) > 0 ? period : LONGEST_WAIT;
      return wait.compareTo(most) < 0 ? wait : most;
    }
  }

  private Upkeep(HikariDataSource database) {
    this.database = database;
  }

  /**
   * Begins; the schema is there, the database need not be.
   *
   * @param retention how long rows are kept after a run's last record; zero: for ever
   */
  public static Upkeep start(Database database, Duration retention) {
    Upkeep upkeep = new Upkeep(database.openForUpkeep());
    upkeep.begin(retention);
    return upkeep;
  }

  private void begin(Duration retention) {
    Roller roller = new Roller(database, Ripeness.STANDARD);
    Compression compression = new Compression(database, AT_WORK);
    schedule(new Task("roll-ups", ROLL_PERIOD, () -> roller.roll(this::rest)), 0);
    schedule(new Task("partitions", RANGES_PERIOD, this::makeRanges), 0);
    schedule(new Task("compression", COMPRESSION_PERIOD, compression::compress), 0);
    if (retention.isPositive()) {
      schedule(
          new Task("retention", RETENTION_PERIOD, new Retention(database, retention)::giveUp), 0);
    }
  }

  // The future would tell of what run() logs itself, and of the stop.
  @SuppressWarnings("FutureReturnValueIgnored")
  private void schedule(Task task, int failures) {
    if (!thread.isShutdown()) {
      thread.schedule(
          () -> run(task, failures), task.after(failures).toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void run(Task task, int failures) {
    int failed = 0;
    try {
      task.work().run();
    } catch (SQLException e) {
      failed = failures + 1;
      if (!thread.isShutdown() && failed == 1) {
        LOG.warn(
            "{}",
            StoreException.of(e).kind().errorId().line(task.name() + ": " + e.getMessage() + "."));
      }
    } finally {
      schedule(task, failed);
    }
  }

  /** Rests as long as it has worked: storing goes before. */
  private boolean rest(Duration work) {
    try {
      return !thread.awaitTermination(work.toMillis(), TimeUnit.MILLISECONDS)
          && !thread.isShutdown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
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
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.info("Upkeep is cut off in the middle of a transaction, which is undone.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    database.close();
  }
}
