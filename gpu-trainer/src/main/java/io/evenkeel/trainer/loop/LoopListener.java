package io.evenkeel.trainer.loop;

import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.trainer.model.LossTerms;
import java.util.function.DoubleSupplier;

/** Told what a loop does, on the training thread; must not wait. */
public interface LoopListener {
  /**
   * A step as it ended.
   *
   * @param step its index
   * @param losses of it, over all ranks
   * @param millis its time, without pacing
   * @param telemetryMillis of that, telemetry's
   * @param largestRatio computes R_g, the largest over layers; until the next step begins
   */
  record StepResult(
      long step,
      LossTerms losses,
      double millis,
      double telemetryMillis,
      DoubleSupplier largestRatio) {}

  /** A step has ended. */
  void stepped(StepResult result);

  /** The held-out loss, nats, with the weights that step {@code step} would start from. */
  void validated(long step, double loss);

  /** A fault begins to act at a step. */
  default void faultBegan(long step, String description) {}

  /** A command has been answered. */
  void answered(CommandAck ack);

  /** The run has been paused or goes on, or has begun a new incarnation. */
  void changed(RunStatus status, RunPosition position);
}
