package io.evenkeel.standalone.report;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Waits until all that a finished trainer has set going has come to rest in the database. */
public final class DrainWatch {
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Duration limit;
  private final Duration quiet;

  /**
   * A watch.
   *
   * @param limit longest wait
   * @param quiet how long nothing may change before it counts as rest: an alert event is stored a
   *     moment before its notice is accepted
   */
  public DrainWatch(Duration limit, Duration quiet) {
    this.limit = limit;
    this.quiet = quiet;
  }

  /** What is measured again and again. */
  private record Level(
      long stored, long signals, long transitions, long pendingCommands, long pendingNotices) {
    static Level of(RunQueries queries) throws SQLException {
      return new Level(
          queries.stored(),
          queries.signalSteps(),
          queries.alertTransitions(),
          queries.pendingCommands(),
          queries.pendingNotices());
    }

    /**
     * A command still pending does not count: the trainer has ended, and nobody is left to answer
     * it.
     */
    boolean drained(long sent, long steps) {
      return stored >= sent && signals >= steps && pendingNotices == 0;
    }

    String missing(long sent, long steps) {
      return "%d of %d observations and signals of %d of %d steps are stored, %d notices are pending"
          .formatted(stored, sent, signals, steps, pendingNotices);
    }
  }

  /** Opens a connection to the database. */
  @FunctionalInterface
  public interface Database {
    Connection connect() throws SQLException;
  }

  /**
   * Waits; a database that is away for a moment is asked again.
   *
   * @param database where to look
   * @param trainer whose observations and steps must be stored
   * @return what was still missing after the limit; empty if all has come to rest
   * @throws SQLException if the database failed at the end
   */
  public Optional<String> await(Database database, TrainerReport trainer)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    Optional<Level> level = Optional.empty();
    long changed = System.nanoTime();
    while (true) {
      boolean last = System.nanoTime() >= deadline;
      try (Connection connection = database.connect()) {
        Optional<Level> now =
            Optional.of(Level.of(new RunQueries(connection, trainer.run(), trainer.incarnation())));
        if (!now.equals(level)) {
          level = now;
          changed = System.nanoTime();
        }
      } catch (SQLException e) {
        if (last) {
          throw e;
        }
      }
      boolean drained = level.filter(l -> l.drained(trainer.sent(), trainer.steps())).isPresent();
      if (drained && System.nanoTime() - changed >= quiet.toNanos()) {
        return Optional.empty();
      }
      if (last) {
        return drained
            ? Optional.empty()
            : level.map(l -> l.missing(trainer.sent(), trainer.steps()));
      }
      LockSupport.parkNanos(LOOK.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
