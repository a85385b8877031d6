package io.evenkeel.controller.command;

import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A command and what is known of it.
 *
 * @param command the command
 * @param status what the trainer said; null while it has said nothing
 * @param appliedStep first step that ran with it; -1 unless applied
 * @param from value before it; NaN if unknown
 */
public record TrackedCommand(
    Command command, @Nullable AckStatus status, long appliedStep, double from) {

  /** Whether an acknowledgement can still come. */
  public boolean waits(Instant now) {
    return status == null && now.isBefore(command.expires());
  }
}
