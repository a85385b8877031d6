package io.evenkeel.controller.guard;

import java.time.Duration;

/**
 * The guard's constants; a knob's bounds, factor, cool-down and budget come from its declaration.
 *
 * @param maxSignalAge signals older than this are not acted on
 * @param minRanksShare signals of a smaller share of the ranks are not acted on
 * @param leastChange relative changes smaller than this are not worth a command
 * @param reviewEarlySamples samples after which a plainly worse effect is judged at once
 * @param reviewSteps steps after which an effect is judged
 * @param plainlyWorse an effect is plainly worse when the aim is above this multiple of before
 * @param clearlyWorse an effect is worse when the aim is above this multiple of before
 * @param lossMargin nats above the loss before the change that count as a loss spike
 */
public record GuardSettings(
    Duration maxSignalAge,
    double minRanksShare,
    double leastChange,
    int reviewEarlySamples,
    int reviewSteps,
    double plainlyWorse,
    double clearlyWorse,
    double lossMargin) {

  /** Defaults. */
  public static final GuardSettings DEFAULT =
      new GuardSettings(Duration.ofSeconds(10), 0.9, 0.01, 5, 20, 3.0, 1.5, 0.5);

  /** Validates. */
  public GuardSettings {
    if (maxSignalAge.isNegative() || maxSignalAge.isZero()) {
      throw new IllegalArgumentException("maxSignalAge must be positive");
    }
    if (!(minRanksShare >= 0 && minRanksShare <= 1 && leastChange >= 0)) {
      throw new IllegalArgumentException("minRanksShare must lie in [0, 1], leastChange >= 0");
    }
    if (!(clearlyWorse > 1 && plainlyWorse >= clearlyWorse && lossMargin > 0)) {
      throw new IllegalArgumentException("1 < clearlyWorse <= plainlyWorse, lossMargin > 0");
    }
  }
}
