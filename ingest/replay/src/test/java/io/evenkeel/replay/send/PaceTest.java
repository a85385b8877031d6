package io.evenkeel.replay.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.StepScalars;
import io.evenkeel.replay.point.LoggedStep;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static LoggedStep step(long step, double stepTimeMillis, double atSeconds) {
    StepScalars scalars = new StepScalars();
    scalars.put("step_time_ms", stepTimeMillis);
    Optional<Instant> at =
        Double.isNaN(atSeconds)
            ? Optional.empty()
            : Optional.of(START.plusMillis((long) (1_000 * atSeconds)));
    return new LoggedStep(
        scalars.telemetry(new ObservationKey("run", 0, step, 0), 1, at.orElse(START)), at);
  }

  @Test
  void shouldKeepTheRecordedTimeDividedByTheSpeed() {
    double none = Double.NaN;

    assertThat(new Pace(1).between(step(1, 100, 0), step(2, 100, 7)))
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(new Pace(10).between(step(1, 100, none), step(2, 100, none)))
        .isEqualTo(Duration.ofMillis(10));
    assertThat(new Pace(2).between(step(0, 100, none), step(50, 100, none)))
        .isEqualTo(Duration.ofMillis(2_500));
    assertThat(new Pace(4).between(step(1, none, none), step(2, none, none)))
        .isEqualTo(Duration.ofMillis(250));
    assertThat(new Pace(1).between(step(9, 100, none), step(1, 100, none)))
        .isEqualTo(Duration.ofMillis(100));
    assertThat(new Pace(1).between(step(3, 100, none), step(3, 100, none)))
        .isEqualTo(Duration.ZERO);
    assertThat(Pace.MAX.between(step(1, 100, 0), step(2, 100, 7))).isEqualTo(Duration.ZERO);
  }

  @Test
  void shouldRefuseASpeedThatIsNone() {
    for (double speed : new double[] {0, -1, Double.NaN}) {
      assertThatThrownBy(() -> new Pace(speed)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
