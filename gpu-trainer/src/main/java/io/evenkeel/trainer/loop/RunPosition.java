package io.evenkeel.trainer.loop;

import io.evenkeel.trainer.checkpoint.Manifest.Origin;
import java.util.List;

/**
 * Where a run is between two steps.
 *
 * @param incarnation of the run
 * @param step the next to train
 * @param passedOver batches that roll-backs have left out so far
 * @param lineage how the run came here, oldest first
 */
public record RunPosition(int incarnation, long step, long passedOver, List<Origin> lineage) {
  /** Copies. */
  public RunPosition {
    lineage = List.copyOf(lineage);
  }

  /** A run that begins. */
  public static RunPosition start(int incarnation) {
    return new RunPosition(incarnation, 0, 0, List.of());
  }

  RunPosition next() {
    return new RunPosition(incarnation, step + 1, passedOver, lineage);
  }
}
