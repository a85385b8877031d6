package io.evenkeel.contract.audit;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One decision of the controller, also the ones not to act, with its evidence.
 *
 * @param auditId id
 * @param run run id; empty if the decision is bound to none, as many about alerts are
 * @param incarnation incarnation
 * @param step step of the signals
 * @param wallTime when
 * @param actor policy, {@code operator:NAME} or {@code guard}
 * @param decision decision
 * @param mode mode in force
 * @param knob knob, empty if none
 * @param scope scope
 * @param from value before
 * @param to value wanted
 * @param reason a sentence for people
 * @param errorId EVK id when blocked or refused
 * @param evidence signals, thresholds and guard figures
 * @param command command sent, or {@link CommandPosition#NONE}
 */
public record AuditEntry(
    String auditId,
    String run,
    int incarnation,
    long step,
    Instant wallTime,
    String actor,
    Decision decision,
    Mode mode,
    String knob,
    String scope,
    @Nullable Double from,
    @Nullable Double to,
    String reason,
    String errorId,
    Map<String, Double> evidence,
    CommandPosition command) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public AuditEntry {
    Check.name("auditId", auditId);
    Check.runOrNone(run);
    Check.notNegative("incarnation", incarnation);
    Check.notNegative("step", step);
    wallTime = Check.instant("wallTime", wallTime);
    Check.name("actor", actor);
    Objects.requireNonNull(decision, "decision");
    Objects.requireNonNull(mode, "mode");
    Check.text("knob", knob);
    Check.text("scope", scope);
    Check.text("reason", reason);
    Check.text("errorId", errorId);
    evidence = Check.map("evidence", evidence);
    Objects.requireNonNull(command, "command");
  }
}
