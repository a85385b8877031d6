package io.evenkeel.ui.api;

import io.evenkeel.ui.runs.RunHeader;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A run as the API tells it; fields as in {@link RunHeader}. */
record RunResource(
    String run,
    int incarnation,
    String name,
    String status,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    int worldSize,
    long plannedSteps,
    @Nullable Long firstStep,
    @Nullable Long lastStep,
    @Nullable Instant lastTelemetryAt,
    boolean stale,
    @Nullable Double lossLast,
    long tokensTotal,
    int openAlerts,
    int layers,
    int ffnExperts,
    int zeroExperts,
    @Nullable Double ffnExpertsTarget) {

  static RunResource of(RunHeader run, Instant now) {
    return new RunResource(
        run.run(),
        run.incarnation(),
        run.name(),
        run.status(),
        run.startedAt(),
        run.endedAt(),
        run.worldSize(),
        run.plannedSteps(),
        run.firstStep(),
        run.lastStep(),
        run.lastTelemetryAt(),
        run.isStale(now),
        run.lossLast(),
        run.tokensTotal(),
        run.openAlerts(),
        run.layers(),
        run.ffnExperts(),
        run.zeroExperts(),
        run.ffnExpertsTarget());
  }
}
