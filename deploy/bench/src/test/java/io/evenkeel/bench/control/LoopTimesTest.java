package io.evenkeel.bench.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.control.LoopTimes.Way;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopTimesTest {
  private static final long MILLI = 1_000_000;

  @Test
  void shouldTellThePartsOfTheWayAndWhoWasInTime() throws BenchException {
    Way inTime = new Way(4, 0, 10 * MILLI, 30 * MILLI, 50 * MILLI, 6);
    Way late = new Way(9, 100 * MILLI, 160 * MILLI, 170 * MILLI, 200 * MILLI, 12);
    LoopTimes times = LoopTimes.of(50, 3, 1, List.of(inTime, late));
    assertThat(times.called()).isEqualTo(3);
    assertThat(times.applied()).isEqualTo(2);
    assertThat(times.nextStepShare()).isEqualTo(0.5);
    assertThat(times.total().longest()).isEqualTo(100);
    assertThat(times.signals().longest()).isEqualTo(60);
    assertThat(times.decision().longest()).isEqualTo(20);
    assertThat(times.application().longest()).isEqualTo(30);
  }

  @Test
  void shouldFailWhenNoCommandCame() {
    assertThatThrownBy(() -> LoopTimes.of(50, 3, 0, List.of()))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("EVK-BENCH-LIVE");
  }

  @Test
  void shouldJumpOnceEveryFewSteps() {
    assertThat(StandIn.jumps(4, 5)).isTrue();
    assertThat(StandIn.jumps(5, 5)).isFalse();
    assertThat(StandIn.jumps(9, 5)).isTrue();
  }
}
