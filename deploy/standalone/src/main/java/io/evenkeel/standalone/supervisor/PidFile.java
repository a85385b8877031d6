package io.evenkeel.standalone.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process id and start time of a running child, for a later supervisor that must find it. */
final class PidFile {
  private static final Logger LOG = LoggerFactory.getLogger(PidFile.class);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Path file;

  PidFile(Path file) {
    this.file = file;
  }

  void write(Process child) {
    try {
      Files.writeString(file, child.pid() + "\n" + startTime(child.toHandle()) + "\n");
    } catch (IOException e) {
      // Only an orphan's finder needs it: a full disk must not stop the service.
      LOG.warn("cannot write {}: {}", file, e.toString());
    }
  }

  void remove() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("cannot remove {}: {}", file, e.toString());
    }
  }

  void stopOrphan() {
    Optional<ProcessHandle> orphan = find();
    if (orphan.isPresent()) {
      LOG.warn(
          "{} {} was left behind by a killed supervisor; it is stopped",
          file.getFileName(),
          orphan.get().pid());
      orphan.get().destroy();
      try {
        orphan.get().onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException | ExecutionException e) {
        orphan.get().destroyForcibly();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    remove();
  }

  /** Process ids are reused: it is the child only when the start time is the same. */
  private Optional<ProcessHandle> find() {
    try {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() < 2) {
        return Optional.empty();
      }
      return ProcessHandle.of(Long.parseLong(lines.get(0)))
          .filter(process -> startTime(process).equals(lines.get(1)));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String startTime(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("unknown");
  }
}
