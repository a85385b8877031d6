package io.evenkeel.controller.steer;

import io.evenkeel.contract.command.Mode;
import io.evenkeel.controller.guard.GuardSettings;
import java.time.Duration;

/**
 * The loop's constants.
 *
 * @param initialMode mode of a run that nobody has set
 * @param guard the guard's constants
 * @param window steps of a run that policies see
 * @param proposalLife how long a proposal can be approved
 * @param requestLife how long a request to set a knob or to act waits for a leader
 * @param snoozeSteps steps before the same is observed or proposed again after it came to nothing
 * @param blindAfter the lease is not renewed when no signals came for so long
 */
public record SteerSettings(
    Mode initialMode,
    GuardSettings guard,
    int window,
    Duration proposalLife,
    Duration requestLife,
    int snoozeSteps,
    Duration blindAfter) {

  /** Defaults, starting in {@code mode}. */
  public static SteerSettings startingIn(Mode mode) {
    return new SteerSettings(
        mode,
        GuardSettings.DEFAULT,
        512,
        Duration.ofMinutes(10),
        Duration.ofMinutes(1),
        100,
        Duration.ofMinutes(5));
  }

  /** Validates. */
  public SteerSettings {
    if (window < 1 || snoozeSteps < 0) {
      throw new IllegalArgumentException("window must be at least 1, snoozeSteps at least 0");
    }
  }
}
