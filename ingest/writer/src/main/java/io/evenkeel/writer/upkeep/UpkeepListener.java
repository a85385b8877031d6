package io.evenkeel.writer.upkeep;

import io.evenkeel.contract.error.ErrorId;
import java.time.Duration;
import java.util.Optional;

/** Hears how upkeep fares; called by its thread. */
public interface UpkeepListener {

  /**
   * A round of a task has failed; the task is done again.
   *
   * @param task one of {@code roll-ups}, {@code backlog}, {@code partitions}, {@code compression},
   *     {@code retention}
   * @param errorId why
   */
  void failed(String task, ErrorId errorId);

  /**
   * What is not rolled up, of all runs in the database.
   *
   * @param backlog empty when it is not known
   */
  void backlog(Optional<Backlog> backlog);

  /**
   * Blocks of 1024 steps that have changed since they were rolled up.
   *
   * @param blocks how many, &gt;= 0
   * @param overdue how long ago the first of them was {@linkplain Ripeness ripe}; zero when none is
   */
  record Backlog(long blocks, Duration overdue) {

    /** Validates. */
    public Backlog {
      if (blocks < 0 || overdue.isNegative()) {
        throw new IllegalArgumentException(blocks + " blocks, " + overdue);
      }
    }
  }
}
