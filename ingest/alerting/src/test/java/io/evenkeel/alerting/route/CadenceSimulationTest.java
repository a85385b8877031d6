package io.evenkeel.alerting.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.alerting.route.Cadence.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A group's notices over virtual time. */
class CadenceSimulationTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void shouldTellTheFirstAtOnceAndLaterOnesGathered() {
    Timing timing =
        new Timing(Duration.ZERO, Duration.ofMinutes(1), Optional.of(Duration.ofHours(4)));
    Optional<Instant> told = Optional.empty();
    assertThat(Cadence.newsDue(timing, told, START)).isEqualTo(START);
    told = Optional.of(START);
    assertThat(Cadence.newsDue(timing, told, START.plusSeconds(5)))
        .isEqualTo(START.plusSeconds(60));
    assertThat(Cadence.newsDue(timing, told, START.plusSeconds(90)))
        .isEqualTo(START.plusSeconds(90));
  }

  @Test
  void shouldRepeatWhatStillFiresAndLookAgainAtWhatIsMuted() {
    Timing timing =
        new Timing(Duration.ZERO, Duration.ofMinutes(1), Optional.of(Duration.ofHours(4)));
    Instant end = START.plus(Duration.ofHours(4));
    Standing fires = new Standing(Optional.of(START), Optional.empty(), false, true);
    assertThat(Cadence.next(timing, fires, START.plusSeconds(1))).contains(end);
    assertThat(Cadence.repeats(timing, Optional.of(START), end.minusMillis(1))).isFalse();
    assertThat(Cadence.repeats(timing, Optional.of(START), end)).isTrue();
    Standing idle = new Standing(Optional.of(START), Optional.empty(), false, false);
    assertThat(Cadence.next(timing, idle, START.plusSeconds(1))).isEmpty();
    Standing muted = new Standing(Optional.empty(), Optional.empty(), true, false);
    assertThat(Cadence.next(timing, muted, START))
        .hasValueSatisfying(at -> assertThat(at).isAfter(START));
  }

  /** News at random times: never two notices within an interval, none later than it must be. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldTellEverythingAtMostOnceAnInterval(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Timing timing =
        new Timing(
            Duration.ofMillis(random.nextInt(3) * 500L),
            Duration.ofSeconds(1 + random.nextInt(60)),
            Optional.empty());
    List<Instant> notices = new ArrayList<>();
    Optional<Instant> toldAt = Optional.empty();
    Optional<Instant> since = Optional.empty();
    int untold = 0;
    int told = 0;
    Instant now = START;
    int events = 2_000;
    for (int i = 0; i < events; i++) {
      now = now.plusMillis(random.nextInt(2_000));
      while (since.isPresent()) {
        Optional<Instant> due =
            Cadence.next(timing, new Standing(toldAt, since, false, false), now);
        if (due.isEmpty() || due.get().isAfter(now)) {
          break;
        }
        notices.add(due.get());
        toldAt = due;
        told += untold;
        untold = 0;
        since = Optional.empty();
      }
      untold++;
      Instant came = now;
      since = since.or(() -> Optional.of(came));
    }
    assertThat(told + untold).isEqualTo(events);
    assertThat(notices).hasSizeGreaterThan(10);
    for (int i = 1; i < notices.size(); i++) {
      assertThat(Duration.between(notices.get(i - 1), notices.get(i)))
          .isGreaterThanOrEqualTo(timing.groupInterval());
    }
  }

  @Test
  void shouldRefuseTimingThatCannotBe() {
    assertThatThrownBy(() -> new Timing(Duration.ofSeconds(-1), Duration.ZERO, Optional.empty()))
        .hasMessageContaining("group_wait");
    assertThatThrownBy(
            () ->
                new Timing(
                    Duration.ZERO, Duration.ofMinutes(2), Optional.of(Duration.ofMinutes(1))))
        .hasMessageContaining("repeat_interval");
  }
}
