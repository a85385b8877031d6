package io.evenkeel.gateway.otlp;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.testing.FakeClock;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** An assembler whose time stands still, and what it has stored. */
final class AssemblerRig implements TelemetrySink {

  static final OtlpSettings SETTINGS =
      new OtlpSettings(
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          Duration.ofSeconds(5),
          1_000,
          200,
          100_000);

  final FakeClock clock = FakeClock.atNewYear();
  final List<StepTelemetry> stored = new ArrayList<>();
  final StepAssembler assembler;
  boolean away;
  Map<Long, String> refusedSteps = new HashMap<>();

  AssemblerRig() {
    this(SETTINGS);
  }

  AssemblerRig(OtlpSettings settings) {
    assembler =
        new StepAssembler(
            settings, this, clock, () -> Duration.between(START, clock.instant()).toNanos());
  }

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** An export on its way through. */
  record Answer(Tally tally, CompletableFuture<Void> stored) {
    boolean isGiven() {
      return stored.isDone() && !stored.isCompletedExceptionally();
    }
  }

  Answer export(ExportMetricsServiceRequest request) {
    Tally tally = new Tally();
    return new Answer(
        tally, assembler.take(PointReader.read(request, run -> true, tally), tally).orElseThrow());
  }

  void pass(Duration time) {
    clock.advance(time);
    assembler.tick();
  }

  @Override
  public Map<Integer, String> send(List<StepTelemetry> steps) {
    if (away) {
      throw new IllegalStateException("no broker");
    }
    Map<Integer, String> refused = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      String why = refusedSteps.get(steps.get(i).key().step());
      if (why == null) {
        stored.add(steps.get(i));
      } else {
        refused.put(i, why);
      }
    }
    return refused;
  }
}
