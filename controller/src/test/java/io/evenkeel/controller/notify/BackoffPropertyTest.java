package io.evenkeel.controller.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.SeededCases;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackoffPropertyTest {

  @Test
  void shouldStayWithinItsLimits() {
    SeededCases.forEach(
        200,
        random -> {
          Backoff backoff = new Backoff(random);
          int attempts = 1 + random.nextInt(2_000);
          Duration own = backoff.next(attempts, Optional.empty());
          assertThat(own).isBetween(Duration.ofMillis(500), Duration.ofMinutes(10));
          Duration wish = Duration.ofSeconds(random.nextInt(100_000));
          Duration granted = backoff.next(attempts, Optional.of(wish));
          Duration most = wish.compareTo(Duration.ofHours(1)) > 0 ? Duration.ofHours(1) : wish;
          assertThat(granted).isGreaterThanOrEqualTo(most).isLessThanOrEqualTo(Duration.ofHours(1));
        });
  }
}
