package io.evenkeel.ui.api;

import io.evenkeel.ui.alerts.AlertLine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An incident as the API tells it; fields as in {@link AlertLine}. */
record AlertResource(
    String alertId,
    String run,
    String rule,
    String scope,
    String severity,
    String state,
    long firstStep,
    @Nullable Long firedStep,
    @Nullable Long resolvedStep,
    double value,
    double threshold,
    String summary,
    @Nullable Instant firedAt,
    @Nullable Instant resolvedAt,
    String runbook) {

  static AlertResource of(AlertLine alert) {
    return new AlertResource(
        alert.alertId(),
        alert.run(),
        alert.rule(),
        alert.scope(),
        alert.severity(),
        alert.state(),
        alert.firstStep(),
        alert.firedStep(),
        alert.resolvedStep(),
        alert.value(),
        alert.threshold(),
        alert.summary(),
        alert.firedAt(),
        alert.resolvedAt(),
        alert.runbook());
  }
}
