package io.evenkeel.trainer.loop;

import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes checkpoints in their turn. One that cannot be written, on a full disk say, does not end
 * the run: it is told, in the log and in the telemetry, and tried again after a while that doubles
 * with each failure, and the former checkpoints stay as they are.
 */
final class Checkpointing {
  /** Name of the scalar that tells how often in a row a checkpoint could not be written. */
  static final String FAILURES = "checkpoint_failures";

  private static final Logger LOG = LoggerFactory.getLogger(Checkpointing.class);
  private static final long FIRST_WAIT = TimeUnit.SECONDS.toNanos(5);
  private static final long LONGEST_WAIT = TimeUnit.MINUTES.toNanos(5);
  private static final long NOWHERE = -1;

  private final Optional<CheckpointKeeper> keeper;
  private final int every;
  private final LongSupplier nanoClock;
  private long savedAt = NOWHERE;
  private boolean due;
  private boolean everFailed;
  private int failures;
  private long wait;
  private long failedAt;

  /**
   * At the start of a process.
   *
   * @param keeper empty: none are written
   * @param every steps between two
   * @param nanoClock monotonic
   */
  Checkpointing(Optional<CheckpointKeeper> keeper, int every, LongSupplier nanoClock) {
    this.keeper = keeper;
    this.every = every;
    this.nanoClock = nanoClock;
  }

  /** A step has been trained. */
  void stepped(RunPosition position) {
    due |= position.step() % every == 0;
    if (due && (failures == 0 || nanoClock.getAsLong() - failedAt >= wait)) {
      save(position);
    }
  }

  /** The run ends here. */
  void end(RunPosition position) {
    if (savedAt != position.step()) {
      save(position);
    }
  }

  /** Adds what a step's telemetry tells, which is nothing as long as all has gone well. */
  void tell(Map<String, Double> scalars) {
    if (everFailed) {
      scalars.put(FAILURES, (double) failures);
    }
  }

  private void save(RunPosition position) {
    if (keeper.isEmpty()) {
      return;
    }
    try {
      keeper.get().save(position);
    } catch (IOException e) {
      failed(position, e);
      return;
    }
    if (failures > 0) {
      LOG.info("Checkpoints are written again, at step {}", position.step());
    }
    savedAt = position.step();
    due = false;
    failures = 0;
  }

  private void failed(RunPosition position, IOException reason) {
    everFailed = true;
    wait = failures == 0 ? FIRST_WAIT : Math.min(LONGEST_WAIT, 2 * wait);
    failures++;
    failedAt = nanoClock.getAsLong();
    LOG.error(
        "{}",
        ErrorId.TRAINER_CHECKPOINT.line(
            "No checkpoint at step "
                + position.step()
                + ": "
                + reason
                + ". The run goes on, the former checkpoints stay, and it is tried again in "
                + TimeUnit.NANOSECONDS.toSeconds(wait)
                + " s."));
  }
}
