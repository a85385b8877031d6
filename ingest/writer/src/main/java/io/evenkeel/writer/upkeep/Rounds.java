package io.evenkeel.writer.upkeep;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.writer.store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks on a thread of their own, each round after round, whatever becomes of a round: after a
 * failure ever later, up to a minute or the task's own period. Every failure is counted; the log
 * has the first in a row, and those whose cause is another one.
 */
final class Rounds implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final int MOST_DOUBLINGS = 6;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(1);

  /** SQLSTATE classes that tell of the task's statements. */
  private static final Set<String> STATEMENT_CLASSES = Set.of("25", "26", "3F", "40", "42");

  /** SQLSTATEs that tell of others in its way: object_in_use, lock_not_available. */
  private static final Set<String> LOCKED = Set.of("55006", "55P03");

  private final UpkeepListener listener;
  private final Duration firstWait;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("upkeep").factory());

  /** Something to do. */
  @FunctionalInterface
  interface Work {
    void run() throws SQLException;
  }

  private record Task(String name, Duration period, Work work) {}

  /** How a task has fared of late: failures in a row, and why the last. */
  private record Failures(int inRow, @Nullable ErrorId last) {
    static final Failures NONE = new Failures(0, null);

    Failures and(ErrorId errorId) {
      return new Failures(inRow + 1, errorId);
    }
  }

  /**
   * No tasks yet.
   *
   * @param listener hears of failures
   * @param firstWait doubled with every failure in a row; positive
   */
  Rounds(UpkeepListener listener, Duration firstWait) {
    this.listener = listener;
    this.firstWait = firstWait;
  }

  /** Does something for the first time after a period, and from then on a period after its end. */
  void every(Duration period, String name, Work work) {
    schedule(new Task(name, period, work), Failures.NONE);
  }

  /** Waits, unless it is stopping; whether to go on. For tasks. */
  boolean rest(Duration time) {
    try {
      return !thread.awaitTermination(time.toMillis(), TimeUnit.MILLISECONDS)
          && !thread.isShutdown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  // The future would tell of what run() tells itself, and of the stop.
  @SuppressWarnings("FutureReturnValueIgnored")
  private void schedule(Task task, Failures before) {
    if (!thread.isShutdown()) {
      thread.schedule(
          () -> run(task, before), pause(task, before).toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private Duration pause(Task task, Failures before) {
    if (before.inRow() == 0) {
      return task.period();
    }
    Duration wait = firstWait.multipliedBy(1L << Math.min(before.inRow(), MOST_DOUBLINGS));
    Duration most = task.period().compareTo(LONGEST_WAIT) > 0 ? task.period() : LONGEST_WAIT;
    return wait.compareTo(most) < 0 ? wait : most;
  }

  private void run(Task task, Failures before) {
    Failures after = Failures.NONE;
    try {
      task.work().run();
      if (before.inRow() > 0) {
        LOG.info("Upkeep of {} works again.", task.name());
      }
    } catch (SQLException e) {
      after = failed(task, before, errorOf(e), e);
    } catch (RuntimeException | Error e) {
      after = failed(task, before, ErrorId.WRITER_UPKEEP, e);
    } finally {
      schedule(task, after);
    }
  }

  private Failures failed(Task task, Failures before, ErrorId errorId, Throwable cause) {
    if (thread.isShutdown()) {
      return before; // cut off by the stop
    }
    listener.failed(task.name(), errorId);
    if (errorId == before.last()) {
      LOG.debug("{} of {} again", errorId, task.name(), cause);
    } else {
      String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      String line = errorId.line(task.name() + ": " + reason + ".");
      if (cause instanceof SQLException) {
        LOG.warn("{}", line);
      } else {
        LOG.warn("{}", line, cause);
      }
    }
    return before.and(errorId);
  }

  private static ErrorId errorOf(SQLException failure) {
    String state = failure.getSQLState();
    if (state != null
        && state.length() == 5
        && (LOCKED.contains(state) || STATEMENT_CLASSES.contains(state.substring(0, 2)))) {
      return ErrorId.WRITER_UPKEEP;
    }
    return switch (StoreException.of(failure).kind()) {
      case UNAVAILABLE -> ErrorId.DB_UNAVAILABLE;
      case DISK_FULL -> ErrorId.DB_DISK_FULL;
      case REJECTED -> ErrorId.WRITER_UPKEEP;
    };
  }

  /** Stops, in the middle of a round if need be. */
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
  }
}
