package io.evenkeel.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A postmaster that outlived the process which started it. */
final class PostgresOrphan {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresOrphan.class);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private PostgresOrphan() {}

  /** Stops the postmaster of a cluster cleanly. */
  @FunctionalInterface
  interface Stop {
    void run() throws IOException;
  }

  /**
   * Stops the postmaster that {@code postmaster.pid} names when it still runs on this very cluster;
   * the caller holds the folder's lock, so nobody else can have it in use.
   *
   * @param data the cluster
   * @param stop what stops its postmaster
   */
  static void stop(Path data, Stop stop) throws IOException {
    Optional<ProcessHandle> orphan = find(data);
    if (orphan.isEmpty()) {
      return;
    }
    LOG.warn(
        "PostgreSQL {} was left behind by a killed parent; it is stopped first",
        orphan.get().pid());
    try {
      stop.run();
    } catch (IOException e) {
      if (orphan.get().isAlive()) {
        throw e;
      }
    }
    try {
      orphan.get().onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while an orphaned PostgreSQL was stopping", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(
          "PostgreSQL " + orphan.get().pid() + " on " + data + " does not stop", e);
    }
  }

  private static Optional<ProcessHandle> find(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    long pid;
    try {
      pid = Long.parseLong(lines.get(0).strip());
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    // Process ids are reused: it counts only when its command line names this cluster.
    return ProcessHandle.of(pid).filter(process -> runsOn(process.pid(), data));
  }

  private static boolean runsOn(long pid, Path data) {
    try {
      String[] arguments =
          Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).split("\0");
      for (int i = 1; i < arguments.length; i++) {
        if (arguments[i].equals(data.toString())) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }
}
