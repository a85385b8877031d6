package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.telemetry.StepTelemetry;
import java.util.List;
import java.util.Map;

/** Where records go. */
@FunctionalInterface
interface TelemetrySink {

  /**
   * Sends records in their order, and waits until they are stored.
   *
   * @return the refused ones, by their place, with a sentence; all others are stored
   * @throws RuntimeException if not all of them are known to be stored, and the same may succeed
   *     later
   */
  Map<Integer, String> send(List<StepTelemetry> steps);
}
