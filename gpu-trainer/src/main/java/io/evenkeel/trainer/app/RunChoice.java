package io.evenkeel.trainer.app;

import io.evenkeel.trainer.checkpoint.RunFolder;
import io.evenkeel.trainer.loop.RunPosition;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Which run a process takes part in.
 *
 * @param run id
 * @param incarnation that this process begins
 * @param folder of its checkpoints; empty: none are written
 */
record RunChoice(String run, int incarnation, Optional<RunFolder> folder) {
  private static final DateTimeFormatter RUN_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /** The run that was asked for; else the one that was killed; else a new one. */
  static RunChoice of(TrainOptions options, String name, Instant now) throws IOException {
    Optional<String> chosen = options.run();
    if (chosen.isEmpty()
        && options.data().isPresent()
        && options.resume == TrainOptions.Resume.AUTO) {
      chosen = RunFolder.interrupted(options.data().get());
    }
    String run = chosen.orElseGet(() -> name + "-" + RUN_TIME.format(now));
    if (options.data().isEmpty()) {
      return new RunChoice(run, 0, Optional.empty());
    }
    RunFolder folder = RunFolder.open(options.data().get(), run);
    int incarnation = folder.entry().map(entry -> entry.incarnation() + 1).orElse(0);
    return new RunChoice(run, incarnation, Optional.of(folder));
  }

  /** Notes that an incarnation runs, or how the run has ended. */
  void record(RunPosition position, RunFolder.Standing standing) throws IOException {
    if (folder.isPresent()) {
      folder.get().record(new RunFolder.Entry(position.incarnation(), standing));
    }
  }
}
