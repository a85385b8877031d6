package io.evenkeel.ui.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.problem.Refusal;
import org.junit.jupiter.api.Test;

class RequestRatesTest {
  private static final int PER_SECOND = 1;

  private final RequestRates rates = new RequestRates(PER_SECOND);

  @Test
  void shouldTellHowLongToWaitWhenATokenAsksTooOften() {
    ApiToken token = token("busy");
    Refusal refusal = null;
    for (int i = 0; i < 1_000 && refusal == null; i++) {
      refusal = catchThrowableOfType(Refusal.class, () -> rates.admit(token));
    }
    assertThat(refusal).isNotNull();
    assertThat(refusal.status()).isEqualTo(429);
    assertThat(refusal.errorId()).isEqualTo(ErrorId.API_RATE);
    assertThat(refusal.retryAfter()).isPresent();
    assertThatCode(() -> rates.admit(token("another"))).doesNotThrowAnyException();
  }

  @Test
  void shouldHoldUpAnAddressAloneWhenItComesWithManyUnknownTokens() {
    Refusal refusal = null;
    for (int i = 0; i < 100 && refusal == null; i++) {
      refusal = catchThrowableOfType(Refusal.class, () -> rates.stranger("1"));
    }
    assertThat(refusal).isNotNull();
    assertThat(refusal.status()).isEqualTo(429);
    assertThatCode(() -> rates.stranger("2")).doesNotThrowAnyException();
  }

  private static ApiToken token(String name) {
    return new ApiToken(name, Role.VIEWER, null, "ada", null, null, null);
  }
}
