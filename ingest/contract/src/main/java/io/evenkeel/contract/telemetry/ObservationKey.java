package io.evenkeel.contract.telemetry;

import io.evenkeel.contract.error.Check;

/**
 * The identity of an observation. The same key twice is the same observation.
 *
 * @param run run id
 * @param incarnation 0, then one more at every restart from a checkpoint
 * @param step step within the run, 0-based
 * @param rank data-parallel rank, 0-based
 */
public record ObservationKey(String run, int incarnation, long step, int rank) {

  /** Validates. */
  public ObservationKey {
    Check.run(run);
    Check.notNegative("incarnation", incarnation);
    Check.notNegative("step", step);
    Check.notNegative("rank", rank);
  }

  /** The key of the step, all ranks merged. */
  public StepKey stepKey() {
    return new StepKey(run, incarnation, step);
  }
}
