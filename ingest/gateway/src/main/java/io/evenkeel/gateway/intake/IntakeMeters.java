package io.evenkeel.gateway.intake;

import io.evenkeel.contract.error.ErrorId;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what was taken and what was refused. */
public final class IntakeMeters {

  private static final String RECORDS = "evenkeel.gateway.records";
  private static final String BYTES = "evenkeel.gateway.bytes";
  private static final String KIND = "kind";
  private static final String ERROR = "error";

  private final MeterRegistry registry;

  /** Counts in {@code registry}. */
  public IntakeMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void accepted(String kind, int records) {
    registry.counter(RECORDS, KIND, kind, ERROR, "none").increment(records);
  }

  void refused(String kind, ErrorId errorId) {
    registry.counter(RECORDS, KIND, kind, ERROR, errorId.id()).increment();
  }

  void bytes(String kind, long bytes) {
    registry.counter(BYTES, KIND, kind).increment(bytes);
  }
}
