package io.evenkeel.ui.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilenceScopeTest {
  private static final String HOSTILE = "a\"b\\c,d}<img src=x>";

  @Test
  void shouldHideTheAlertThatItBeganAtAndNoOtherRun() {
    AlertLine alert = alert(HOSTILE, "loss-spike", "run");
    for (SilenceScope scope : SilenceScope.values()) {
      SilenceLine silence = silence(scope.matchers(alert));
      assertThat(SilenceScope.hides(silence, alert)).as("%s", scope).isTrue();
      assertThat(SilenceScope.hides(silence, alert("another", "plateau", "run")))
          .as("%s", scope)
          .isFalse();
    }
  }

  @Test
  void shouldHideAsMuchAsItSays() {
    AlertLine alert = alert("r", "load-imbalance", "layers/1");

    assertThat(hides(SilenceScope.SAME_PLACE, alert, alert("r", "load-imbalance", "layers/2")))
        .isFalse();
    assertThat(hides(SilenceScope.SAME_RUN, alert, alert("r", "load-imbalance", "layers/2")))
        .isTrue();
    assertThat(hides(SilenceScope.SAME_RULE, alert, alert("s", "load-imbalance", "layers/2")))
        .isTrue();
    assertThat(hides(SilenceScope.WHOLE_RUN, alert, alert("r", "plateau", "run"))).isTrue();
  }

  @Test
  void shouldHideNothingWhenASilenceCannotBeRead() {
    assertThat(SilenceScope.hides(silence(List.of("no matcher")), alert("r", "plateau", "run")))
        .isFalse();
  }

  private static boolean hides(SilenceScope scope, AlertLine begun, AlertLine other) {
    return SilenceScope.hides(silence(scope.matchers(begun)), other);
  }

  private static SilenceLine silence(List<String> matchers) {
    return new SilenceLine("s", matchers, Instant.EPOCH, Instant.MAX, "", "ada", Instant.EPOCH, "");
  }

  private static AlertLine alert(String run, String rule, String scope) {
    return new AlertLine(
        "a", run, 0, rule, scope, "warning", "firing", 1, 2L, null, 1, 0.5, "", null, null);
  }
}
