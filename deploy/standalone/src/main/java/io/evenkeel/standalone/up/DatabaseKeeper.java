package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the embedded database running: when its postmaster dies it is started again on the same
 * port.
 */
final class DatabaseKeeper implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  private final Path dir;
  private final Path run;
  private final Console console;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable EmbeddedPostgres database;

  private DatabaseKeeper(Path dir, Path run, Console console, EmbeddedPostgres database) {
    this.dir = dir;
    this.run = run;
    this.console = console;
    this.database = database;
    this.thread = Thread.ofPlatform().daemon().name("database-keeper").unstarted(this::keep);
  }

  /**
   * Starts the database and watches it from then on.
   *
   * @param dir folder of the data
   * @param run folder of the pid files
   * @param console hears of deaths and restarts
   * @throws IOException if it does not start
   */
  static DatabaseKeeper start(Path dir, Path run, Console console) throws IOException {
    EmbeddedPostgres database = EmbeddedPostgres.start(dir);
    DatabaseKeeper keeper = new DatabaseKeeper(dir, run, console, database);
    keeper.note(database);
    keeper.thread.start();
    return keeper;
  }

  DatabaseAddress address() {
    EmbeddedPostgres running = database;
    if (running == null) {
      throw new IllegalStateException("the database is not running");
    }
    return new DatabaseAddress(running.jdbcUrl(), running.user(), running.password());
  }

  @Override
  public void close() throws IOException {
    stopping.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    EmbeddedPostgres running = database;
    if (running != null) {
      running.close();
    }
  }

  private void keep() {
    Duration wait = LOOK;
    try {
      while (!stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        EmbeddedPostgres running = database;
        if (running != null && running.isRunning()) {
          wait = LOOK;
          continue;
        }
        wait = restart(running) ? LOOK : longer(wait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean restart(@Nullable EmbeddedPostgres dead) {
    if (dead != null) {
      console.problem(ErrorId.DB_UNAVAILABLE, "The database ended; it is started again.");
    }
    try {
      if (dead != null) {
        dead.close();
        database = null;
      }
      EmbeddedPostgres fresh = EmbeddedPostgres.start(dir);
      database = fresh;
      note(fresh);
      console.line("database", "runs again");
      return true;
    } catch (IOException e) {
      console.problem(ErrorId.DB_UNAVAILABLE, "The database does not start: " + e.getMessage());
      return false;
    }
  }

  private void note(EmbeddedPostgres running) throws IOException {
    java.nio.file.Files.writeString(run.resolve("postgres.pid.txt"), running.pid() + "\n");
  }

  private static Duration longer(Duration wait) {
    Duration doubled = wait.multipliedBy(2);
    return doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
  }
}
