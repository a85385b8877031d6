package io.evenkeel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class FakeClockTest {

  @Test
  void shouldMoveOnlyWhenTold() {
    FakeClock clock = FakeClock.atNewYear();
    Instant before = clock.instant();

    assertThat(clock.instant()).isEqualTo(before);
    assertThat(clock.advance(Duration.ofSeconds(3))).isEqualTo(before.plusSeconds(3));
    assertThat(clock.instant()).isEqualTo(before.plusSeconds(3));
    clock.set(Instant.EPOCH);
    assertThat(clock.millis()).isZero();
  }

  @Test
  void shouldMoveTogetherWhenViewedInAnotherZone() {
    FakeClock clock = FakeClock.atNewYear();
    Clock tokyo = clock.withZone(ZoneId.of("Asia/Tokyo"));

    clock.advance(Duration.ofHours(1));

    assertThat(tokyo.instant()).isEqualTo(clock.instant());
    assertThat(tokyo.getZone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
  }
}
