package io.evenkeel.ui.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.command.AcknowledgeAlert;
import io.evenkeel.contract.command.EndSilence;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.ReplayNotice;
import io.evenkeel.contract.command.SilenceAlerts;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.ui.control.OperatorActions.Sent;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

class AlertActionsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> MATCHERS = List.of("run=\"a\"", "rule=~\"loss-.*\"");

  private final List<OperatorRequest> sent = new ArrayList<>();
  private final AlertActions actions =
      new AlertActions(
          new Access(),
          request -> {
            sent.add(request);
            return CompletableFuture.completedFuture(null);
          },
          Clock.fixed(NOW, ZoneOffset.UTC));

  @AfterEach
  void logOut() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void shouldRefuseEveryActionWhenTheCallerMayOnlyLookOrIsNobody() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> actions.silence("", MATCHERS, NOW, NOW.plusSeconds(1), ""))
          .isInstanceOf(AccessDeniedException.class);
      assertThatThrownBy(() -> actions.endSilence("s")).isInstanceOf(AccessDeniedException.class);
      assertThatThrownBy(() -> actions.acknowledge("r", "a", ""))
          .isInstanceOf(AccessDeniedException.class);
      assertThatThrownBy(() -> actions.replay("n", "c")).isInstanceOf(AccessDeniedException.class);
      logIn("eve", Role.VIEWER);
    }
    assertThat(sent).isEmpty();
  }

  @Test
  void shouldSendWhoAndWhatWhenTheCallerMay() throws Exception {
    logIn("olaf", Role.OPERATOR);

    Sent silence = actions.silence("a", MATCHERS, NOW, NOW.plusSeconds(60), "  moving house ");
    actions.endSilence("s");
    actions.acknowledge("a", "alert-1", "mine");
    actions.replay("n-1", "team/slack-1");

    OperatorRequest first =
        Codecs.OPERATOR_REQUEST.decode(Codecs.OPERATOR_REQUEST.encode(sent.get(0)));
    assertThat(first.operator()).isEqualTo("olaf");
    assertThat(first.run()).isEqualTo("a");
    assertThat(first.body())
        .isEqualTo(new SilenceAlerts(MATCHERS, NOW, NOW.plusSeconds(60), "moving house"));
    assertThat(silence.answerId()).isEqualTo("request:" + first.requestId());
    assertThat(sent).extracting(OperatorRequest::run).containsExactly("a", "", "a", "");
    assertThat(sent)
        .extracting(OperatorRequest::body)
        .contains(
            new EndSilence("s"),
            new AcknowledgeAlert("alert-1", "mine"),
            new ReplayNotice("n-1", "team/slack-1"));
  }

  @Test
  void shouldSendNoSilenceThatCannotBeMade() {
    logIn("olaf", Role.OPERATOR);
    Instant end = NOW.plusSeconds(60);

    assertThatThrownBy(() -> actions.silence("", List.of(), NOW, end, ""))
        .hasMessageContaining("EVK-SILENCE-INVALID")
        .hasMessageContaining("would hide all");
    assertThatThrownBy(() -> actions.silence("", List.of("run=~\"(\""), NOW, end, ""))
        .hasMessageContaining("EVK-SILENCE-INVALID");
    assertThatThrownBy(() -> actions.silence("", List.of("<script>"), NOW, end, ""))
        .hasMessageContaining("EVK-SILENCE-INVALID");
    assertThatThrownBy(() -> actions.silence("", MATCHERS, NOW.minusSeconds(9), NOW, ""))
        .hasMessageContaining("over already");
    assertThat(sent).isEmpty();
  }

  private static void logIn(String name, Role role) {
    SecurityContextHolder.getContext()
        .setAuthentication(
            UsernamePasswordAuthenticationToken.authenticated(
                name, null, List.of(new SimpleGrantedAuthority(role.authority()))));
  }
}
