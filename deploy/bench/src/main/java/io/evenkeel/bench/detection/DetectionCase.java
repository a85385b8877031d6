package io.evenkeel.bench.detection;

import java.util.List;

/**
 * Telemetry of one run, and what should fire.
 *
 * @param name of the case
 * @param telemetry of the run
 * @param expectations empty: the run is healthy, and nothing may fire
 */
public record DetectionCase(
    String name, TelemetrySource telemetry, List<Expectation> expectations) {
  /** The run that every case plays as. */
  public static final String RUN = "case";

  /** Copies. */
  public DetectionCase {
    expectations = List.copyOf(expectations);
  }

  /** Whether a step lies outside all windows. */
  public boolean healthyAt(long step) {
    return expectations.stream().noneMatch(expectation -> expectation.covers(step));
  }
}
