package io.evenkeel.standalone.up;

import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Warns once when the disk of the data folder runs low, and again only after it has had room. */
final class DiskWatch implements AutoCloseable {
  private static final long PERIOD_SECONDS = 10;

  private final DataFolder folder;
  private final Console console;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("disk-watch").factory());
  private boolean low;

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
      long usable = folder.usableBytes();
      if (usable < DataFolder.LOW_BYTES && !low) {
        console.problem(
            ErrorId.START_DISK_FULL,
            "Only %d MiB are free in %s.".formatted(usable >> 20, folder.root()));
      }
      low = usable < DataFolder.LOW_BYTES;
    } catch (IOException e) {
      console.problem(
          ErrorId.START_DISK_FULL,
          "The free space of " + folder.root() + " is unknown (" + e.getMessage() + ").");
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
