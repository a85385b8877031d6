package io.evenkeel.trainer.loop;

import io.evenkeel.trainer.model.LossTerms;

/** Told what a loop does; must not wait. */
public interface LoopListener {
  /**
   * A step has ended.
   *
   * @param step its index
   * @param losses of it
   * @param stepMillis its time, without pacing
   * @param telemetryMillis of that, telemetry's
   */
  void stepped(long step, LossTerms losses, double stepMillis, double telemetryMillis);
}
