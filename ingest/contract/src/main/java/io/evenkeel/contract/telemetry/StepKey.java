package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.error.Check;

/**
 * The identity of a step, all ranks merged.
 *
 * @param run run id
 * @param incarnation incarnation of the run
 * @param step step within the run, 0-based
 */
public record StepKey(String run, int incarnation, long step) {

  /** Validates. */
  public StepKey {
    Check.run(run);
    Check.notNegative("incarnation", incarnation);
    Check.notNegative("step", step);
  }
}
