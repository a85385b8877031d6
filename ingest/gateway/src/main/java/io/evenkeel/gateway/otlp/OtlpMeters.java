package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.error.ErrorId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts the data points of exports. */
final class OtlpMeters {

  private static final String POINTS = "evenkeel.gateway.otlp.points";
  private static final String FAULTS = "evenkeel.gateway.otlp.faults";
  private static final String ERROR = "error";

  private final MeterRegistry registry;

  OtlpMeters(MeterRegistry registry, StepAssembler assembler) {
    this.registry = registry;
    Gauge.builder("evenkeel.gateway.otlp.open.points", assembler, StepAssembler::openPoints)
        .description("Data points of steps that are not stored yet")
        .register(registry);
    // There from the start, so that the first fault is seen as a rise.
    registry.counter(FAULTS, ERROR, ErrorId.GATEWAY_FAULT.id());
  }

  /** Counts a look at the open steps that failed. */
  void fault(ErrorId errorId) {
    registry.counter(FAULTS, ERROR, errorId.id()).increment();
  }

  void count(Tally tally) {
    registry.counter(POINTS, ERROR, "none").increment((double) tally.points() - tally.refused());
    tally
        .refusedById()
        .forEach((id, count) -> registry.counter(POINTS, ERROR, id.id()).increment(count));
  }
}
