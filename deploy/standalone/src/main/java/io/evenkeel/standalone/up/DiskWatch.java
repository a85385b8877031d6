package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells when a disk runs low, when it is full, and when it has room again: that of the data folder,
 * and that of the database where it is another one.
 */
final class DiskWatch implements AutoCloseable {
  private static final long PERIOD_SECONDS = 10;

  /** What PostgreSQL takes at once for its log. */
  private static final long FULL_BYTES = 16L << 20;

  private final DataFolder folder;
  private final Console console;
  private final Map<Path, Level> levels = new HashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("disk-watch").factory());

  /** From good to bad. */
  private enum Level {
    ROOM,
    LOW,
    FULL;

    static Level of(long usableBytes) {
      if (usableBytes < FULL_BYTES) {
        return FULL;
      }
      return usableBytes < DataFolder.LOW_BYTES ? LOW : ROOM;
    }
  }

  private DiskWatch(DataFolder folder, Console console) {
    this.folder = folder;
    this.console = console;
  }

  static DiskWatch start(DataFolder folder, Console console) {
    DiskWatch watch = new DiskWatch(folder, console);
    var unused =
        watch.timer.scheduleWithFixedDelay(watch::look, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
    return watch;
  }

  private void look() {
    try {
      look(folder.root());
      Path database = folder.database();
      if (Files.exists(database)
          && !Files.getFileStore(database).equals(Files.getFileStore(folder.root()))) {
        look(database);
      }
    } catch (IOException e) {
      console.problem(
          ErrorId.START_DISK_FULL,
          "The free space of " + folder.root() + " is unknown (" + e.getMessage() + ").");
    }
  }

  private void look(Path place) throws IOException {
    long usable = Files.getFileStore(place).getUsableSpace();
    Level level = Level.of(usable);
    Level before = levels.getOrDefault(place, Level.ROOM);
    levels.put(place, level);
    if (level.compareTo(before) > 0) {
      console.problem(
          ErrorId.START_DISK_FULL,
          "%s %d MiB are free in %s."
              .formatted(level == Level.FULL ? "The disk is full:" : "Only", usable >> 20, place));
    } else if (before == Level.FULL && level != Level.FULL) {
      console.line("disk", "has room again: %d MiB in %s".formatted(usable >> 20, place));
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
