package io.evenkeel.analytics.detect;

import io.evenkeel.contract.signal.StepSignals;
import java.time.Instant;

/**
 * When and where in a run something happens.
 *
 * @param run run id
 * @param incarnation incarnation of the run
 * @param step step
 * @param wallTime wall time of the telemetry
 * @param now when it is told
 */
public record RunMoment(String run, int incarnation, long step, Instant wallTime, Instant now) {

  /** The moment of a step. */
  public static RunMoment of(StepSignals signals, Instant now) {
    return new RunMoment(
        signals.key().run(),
        signals.key().incarnation(),
        signals.key().step(),
        signals.wallTime(),
        now);
  }
}
