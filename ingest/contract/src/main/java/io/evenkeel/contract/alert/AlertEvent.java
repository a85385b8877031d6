package io.evenkeel.contract.alert;

import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * One step in the life of an incident. All events of an incident share its id.
 *
 * @param alertId hash of run, incarnation, rule, scope and first step
 * @param run run id
 * @param incarnation incarnation of the run
 * @param rule rule id, such as {@code gradient-norm-ratio}
 * @param scope {@code run}, {@code layers/3}, {@code tensors/NAME} or {@code ranks/2}
 * @param state the state entered
 * @param severity severity
 * @param firstStep first step at which the condition held
 * @param step step of this event
 * @param value the offending value
 * @param threshold its limit
 * @param summary a sentence for people
 * @param labels labels for routing
 * @param wallTime wall time of the telemetry that caused this event
 * @param emitted when analytics emitted it
 */
public record AlertEvent(
    String alertId,
    String run,
    int incarnation,
    String rule,
    String scope,
    AlertState state,
    Severity severity,
    long firstStep,
    long step,
    double value,
    double threshold,
    String summary,
    Map<String, String> labels,
    Instant wallTime,
    Instant emitted) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public AlertEvent {
    Check.name("alertId", alertId);
    Check.run(run);
    Check.notNegative("incarnation", incarnation);
    Check.name("rule", rule);
    Check.name("scope", scope);
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(severity, "severity");
    Check.notNegative("firstStep", firstStep);
    Check.notNegative("step", step);
    Check.text("summary", summary);
    labels = Check.map("labels", labels);
    wallTime = Check.instant("wallTime", wallTime);
    emitted = Check.instant("emitted", emitted);
  }
}
