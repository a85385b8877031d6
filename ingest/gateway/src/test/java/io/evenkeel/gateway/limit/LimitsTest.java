package io.evenkeel.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.problem.GatewayException;
import io.evenkeel.gateway.token.Caller;
import io.evenkeel.gateway.token.RunPattern;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {

  private static final Caller A = new Caller("a", new RunPattern("*"));
  private static final Caller B = new Caller("b", new RunPattern("*"));

  @Test
  void shouldRefuseTheTokenThatIsInDebtAndNoOther() {
    RateLimits rates = new RateLimits(Limits.STANDARD.withRates(1, 1_000));
    rates.admit(A);
    rates.charge(A, 3_602, 10);

    assertThatExceptionOfType(GatewayException.class)
        .isThrownBy(() -> rates.admit(A))
        .satisfies(
            refusal -> {
              assertThat(refusal.errorId()).isEqualTo(ErrorId.GATEWAY_RATE);
              assertThat(refusal.status()).isEqualTo(429);
              assertThat(refusal.retryAfter().orElseThrow())
                  .isBetween(Duration.ofMinutes(50), Duration.ofMinutes(61));
            });
    assertThatNoException().isThrownBy(() -> rates.admit(B));
  }

  @Test
  void shouldCountBytesToo() {
    RateLimits rates = new RateLimits(Limits.STANDARD.withRates(1_000, 1));
    rates.charge(A, 1, 7_200);

    assertThatExceptionOfType(GatewayException.class).isThrownBy(() -> rates.admit(A));
  }

  @Test
  void shouldTakeABatchThatIsLargerThanTheRateWhenNothingIsOwed() {
    RateLimits rates = new RateLimits(Limits.STANDARD.withRates(1, 1));

    assertThatNoException().isThrownBy(() -> rates.admit(A));
  }

  @Test
  void shouldCountTheHighestRate() {
    RateLimits rates = new RateLimits(Limits.STANDARD.withRates(Limits.MAX_RATE, Limits.MAX_RATE));

    assertThatNoException().isThrownBy(() -> rates.admit(A));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Limits.STANDARD.withRates(Limits.MAX_RATE + 1, 1));
  }

  @Test
  void shouldKeepToTheBudget() {
    MemoryBudget budget = new MemoryBudget(100);
    budget.reserve(60);
    assertThatExceptionOfType(GatewayException.class)
        .isThrownBy(() -> budget.reserve(41))
        .satisfies(refusal -> assertThat(refusal.status()).isEqualTo(503));
    budget.reserve(40);
    budget.release(100);
    assertThat(budget.used()).isZero();
  }

  @Test
  void shouldRefuseLimitsThatContradictEachOther() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Limits(10, 5, 1, 1, Duration.ofSeconds(1), 100, 1, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Limits(5, 10, 1, 1, Duration.ofSeconds(1), 9, 1, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Limits(5, 10, 0, 1, Duration.ofSeconds(1), 100, 1, 1, 1));
  }
}
