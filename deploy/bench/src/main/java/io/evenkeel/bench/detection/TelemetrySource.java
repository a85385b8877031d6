package io.evenkeel.bench.detection;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.telemetry.StepTelemetry;
import java.util.function.Consumer;

/** Where a case's telemetry comes from. */
@FunctionalInterface
public interface TelemetrySource {
  /**
   * Gives all of it, in the order in which it came.
   *
   * @param to takes each part
   * @throws BenchException if it cannot be read or made
   */
  void giveTo(Consumer<StepTelemetry> to) throws BenchException;
}
