package io.evenkeel.ui.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LockoutTest {
  private final Hands hands = new Hands();
  private final Lockout lockout = new Lockout(hands);

  @Test
  void shouldWaitTwiceAsLongEachTimeUpToTheBoundWhenAttemptsFail() {
    for (int i = 1; i < Lockout.FREE_OF_A_NAME; i++) {
      assertThat(lockout.begin("ada", "1")).as("attempt " + i).isZero();
    }
    Duration longest = Duration.ZERO;
    Duration before = Duration.ofMillis(500);
    for (int i = 0; i < 15; i++) {
      assertThat(lockout.begin("ada", Integer.toString(i))).isZero();
      Duration wait = lockout.begin("ada", Integer.toString(i));
      assertThat(wait)
          .isEqualTo(
              before.multipliedBy(2).compareTo(Lockout.LONGEST_OF_A_NAME) > 0
                  ? Lockout.LONGEST_OF_A_NAME
                  : before.multipliedBy(2));
      before = wait;
      longest = wait;
      hands.move(wait);
    }
    assertThat(longest).isEqualTo(Lockout.LONGEST_OF_A_NAME);
  }

  @Test
  void shouldHoldUpNamesThatNobodyHasJustTheSame() {
    for (int i = 0; i < Lockout.FREE_OF_A_NAME; i++) {
      lockout.begin("nobody", "1");
      lockout.begin("ada", "2");
    }
    assertThat(lockout.begin("nobody", "1")).isEqualTo(lockout.begin("ada", "2")).isPositive();
  }

  @Test
  void shouldHoldUpAnAddressThatTriesManyNames() {
    for (int i = 0; i < Lockout.FREE_OF_AN_ADDRESS; i++) {
      assertThat(lockout.begin("name" + i, "1")).isZero();
    }
    assertThat(lockout.begin("another", "1")).isPositive();
    assertThat(lockout.begin("another", "2")).isZero();
  }

  @Test
  void shouldLetTheOwnerInFromAKnownAddressWhenAStrangerGuesses() {
    lockout.begin("ada", "home");
    lockout.succeeded("ada", "home");
    for (int i = 0; i < 2 * Lockout.FREE_OF_A_NAME; i++) {
      lockout.begin("ada", "elsewhere");
    }
    assertThat(lockout.begin("ada", "elsewhere")).isPositive();
    assertThat(lockout.begin("ada", "home")).isZero();
  }

  @Test
  void shouldForgetFailuresWhenThePasswordIsRightOrReset() {
    for (int i = 0; i < Lockout.FREE_OF_A_NAME; i++) {
      lockout.begin("ada", "1");
    }
    assertThat(lockout.begin("ada", "1")).isPositive();
    lockout.forgive("ada");
    assertThat(lockout.begin("ada", "1")).isZero();
    lockout.succeeded("ada", "1");
    for (int i = 1; i < Lockout.FREE_OF_A_NAME; i++) {
      assertThat(lockout.begin("ada", "1")).isZero();
    }
  }

  @Test
  void shouldGoOnWaitingWhenAnEarlierProcessHasSeenTheFailures() {
    for (int i = 0; i < Lockout.FREE_OF_A_NAME + 3; i++) {
      lockout.recall("ada", "1", hands.instant());
    }
    assertThat(lockout.begin("ada", "2")).isEqualTo(Duration.ofSeconds(8));
    hands.move(Duration.ofSeconds(8));
    assertThat(lockout.begin("ada", "2")).isZero();
    assertThat(lockout.begin("ada", "2")).isEqualTo(Duration.ofSeconds(16));
    lockout.recall("bob", "3", hands.instant().minus(Lockout.FORGOTTEN));
    assertThat(lockout.begin("bob", "3")).isZero();
  }

  /** A clock that is moved by hand. */
  private static final class Hands extends Clock {
    private Instant now = Instant.EPOCH;

    void move(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
