package io.evenkeel.contract.command;

import io.evenkeel.contract.error.Check;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of a command, as the trainer tells it.
 *
 * @param run run id
 * @param incarnation incarnation
 * @param position epoch and sequence of the command
 * @param status status
 * @param step first step that ran with the new value, or the step at which it was refused
 * @param knob knob, empty for an action
 * @param scope scope
 * @param from value before
 * @param to value after
 * @param errorId EVK id when rejected or expired
 * @param reason sentence when rejected or expired
 * @param wallTime when
 */
public record CommandAck(
    String run,
    int incarnation,
    CommandPosition position,
    AckStatus status,
    long step,
    String knob,
    String scope,
    @Nullable Double from,
    @Nullable Double to,
    String errorId,
    String reason,
    Instant wallTime) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public CommandAck {
    Check.run(run);
    Check.notNegative("incarnation", incarnation);
    Objects.requireNonNull(position, "position");
    Objects.requireNonNull(status, "status");
    Check.notNegative("step", step);
    Check.text("knob", knob);
    Check.text("scope", scope);
    Check.text("errorId", errorId);
    Check.text("reason", reason);
    wallTime = Check.instant("wallTime", wallTime);
  }
}
