package io.evenkeel.controller.steer;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.audit.AuditEntry;
import io.evenkeel.contract.rule.ControllerRule;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An alert for each policy that is stood down, which fires until the policy is back at work or the
 * run ends. What should be told is in the audit trail, what has been told is read back from the
 * alerts: the difference is raised, so that nothing is owed when a broker loses it or a controller
 * is killed between the two. An alert that comes twice has one id.
 */
final class StoodDownAlarm {

  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final RunState state;
  private final AlertSink sink;
  private final Map<String, Instant> raisedAt = new HashMap<>();

  StoodDownAlarm(RunState state, AlertSink sink) {
    this.state = state;
    this.sink = sink;
  }

  /** Raises what has not been read back, every few seconds. */
  void tend(Instant now) {
    Map<String, AuditEntry> wanted = new LinkedHashMap<>();
    if (state.isRunning()) {
      state.stoodDown().forEach(entry -> wanted.put(id(entry), entry));
    }
    Set<String> open = new HashSet<>();
    wanted.forEach(
        (id, entry) -> {
          if (!state.alarms().containsKey(id)) {
            open.add(id);
            raise(firing(id, entry, now), now);
          }
        });
    state
        .alarms()
        .forEach(
            (id, alarm) -> {
              if (!wanted.containsKey(id)) {
                open.add(id);
                raise(resolved(alarm, now), now);
              }
            });
    raisedAt.keySet().retainAll(open);
  }

  private void raise(AlertEvent event, Instant now) {
    Instant before = raisedAt.get(event.alertId());
    if (before == null || !now.isBefore(before.plus(AGAIN))) {
      raisedAt.put(event.alertId(), now);
      sink.raise(event);
    }
  }

  /** One a policy and time that it was stood down. */
  private static String id(AuditEntry entry) {
    return ControllerRule.POLICY_STOOD_DOWN.id() + "-" + entry.auditId();
  }

  private static AlertEvent firing(String id, AuditEntry entry, Instant now) {
    return new AlertEvent(
        id,
        entry.run(),
        entry.incarnation(),
        ControllerRule.POLICY_STOOD_DOWN.id(),
        "run",
        AlertState.FIRING,
        Severity.WARNING,
        entry.step(),
        entry.step(),
        evidence(entry, "loss_after", "after"),
        evidence(entry, "loss_before", "before"),
        "The policy %s made things worse: %s".formatted(entry.actor(), entry.reason()),
        Map.of("policy", entry.actor()),
        entry.wallTime(),
        now);
  }

  /** The first of the figures that is there; NaN if none is. */
  private static double evidence(AuditEntry entry, String... names) {
    for (String name : names) {
      Double value = entry.evidence().get(name);
      if (value != null) {
        return value;
      }
    }
    return Double.NaN;
  }

  private AlertEvent resolved(AlertEvent alarm, Instant now) {
    return new AlertEvent(
        alarm.alertId(),
        alarm.run(),
        alarm.incarnation(),
        alarm.rule(),
        alarm.scope(),
        AlertState.RESOLVED,
        alarm.severity(),
        alarm.firstStep(),
        Math.max(alarm.step(), state.latestStep()),
        alarm.value(),
        alarm.threshold(),
        state.isRunning() ? "The policy is back at work: a mode was set." : "The run has ended.",
        alarm.labels(),
        now,
        now);
  }
}
