package io.evenkeel.replay.send;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.replay.point.LoggedStep;
import java.time.Duration;
import java.util.Optional;

/**
 * How fast a log is sent: as fast as it goes, or in the recorded time divided by a factor.
 *
 * <p>The recorded time between two steps is that between their wall times where the log has them,
 * otherwise the step time for each step between them, otherwise a second for each.
 *
 * @param speed the factor; infinite for as fast as it goes
 */
public record Pace(double speed) {
  /** As fast as it goes. */
  public static final Pace MAX = new Pace(Double.POSITIVE_INFINITY);

  private static final double MILLIS_A_STEP = 1_000;

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if the speed is not positive
   */
  public Pace {
    if (!(speed > 0)) {
      throw new IllegalArgumentException("speed must be positive");
    }
  }

  /** How long after {@code before} a step is sent. */
  Duration between(LoggedStep before, LoggedStep step) {
    if (Double.isInfinite(speed)) {
      return Duration.ZERO;
    }
    double millis = recordedMillis(before, step) / speed;
    return Duration.ofNanos((long) Math.min(millis * 1e6, Long.MAX_VALUE / 4.0));
  }

  private static double recordedMillis(LoggedStep before, LoggedStep step) {
    StepTelemetry telemetry = step.telemetry();
    if (telemetry.key().stepKey().equals(before.telemetry().key().stepKey())) {
      return 0;
    }
    Optional<Duration> recorded =
        before
            .recordedAt()
            .flatMap(from -> step.recordedAt().map(to -> Duration.between(from, to)))
            .filter(elapsed -> !elapsed.isNegative());
    if (recorded.isPresent()) {
      return recorded.get().toNanos() / 1e6;
    }
    double stepMillis = telemetry.stepTimeMillis();
    long steps = Math.max(1, telemetry.key().step() - before.telemetry().key().step());
    return steps * (stepMillis > 0 && Double.isFinite(stepMillis) ? stepMillis : MILLIS_A_STEP);
  }
}
