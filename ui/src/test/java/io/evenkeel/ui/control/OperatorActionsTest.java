package io.evenkeel.ui.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.command.ApprovalVerdict;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.command.SetMode;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.ui.runs.Knob;
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
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

class OperatorActionsTest {
  private static final Knob ALPHA =
      new Knob("load_balance.alpha", "", 1e-4, 1, 0.5, 0.01, 2, 10, 60, "");

  private final List<OperatorRequest> sent = new ArrayList<>();
  private final OperatorActions actions =
      new OperatorActions(
          new Access(),
          request -> {
            sent.add(request);
            return CompletableFuture.completedFuture(null);
          },
          Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

  @AfterEach
  void logOut() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void shouldRefuseEveryActionWhenNobodyIsLoggedIn() {
    assertThatThrownBy(() -> actions.setKnob("r", ALPHA, 0.1, ""))
        .isInstanceOf(AccessDeniedException.class);
    SecurityContextHolder.getContext()
        .setAuthentication(
            new AnonymousAuthenticationToken(
                "k", "anonymous", List.of(new SimpleGrantedAuthority("ROLE_ADMIN"))));
    assertThatThrownBy(() -> actions.setKnob("r", ALPHA, 0.1, ""))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(sent).isEmpty();
  }

  @Test
  void shouldRefuseEveryActionWhenTheCallerMayOnlyLook() {
    logIn("eve", Role.VIEWER);

    assertThatThrownBy(() -> actions.setKnob("r", ALPHA, 0.1, ""))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> actions.setMode("r", "", Mode.AUTO, ""))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> actions.hold("r", ALPHA, HoldState.HELD, ""))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> actions.killSwitch("r", HoldState.HELD, ""))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> actions.answer("r", "p", ApprovalVerdict.APPROVED, ""))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(sent).isEmpty();
  }

  @Test
  void shouldRefuseTheModeAndTheSwitchOfAllRunsWhenTheCallerIsNoAdmin() {
    logIn("olaf", Role.OPERATOR);

    assertThatThrownBy(() -> actions.setMode("r", "", Mode.AUTO, ""))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> actions.killSwitchOfAll(HoldState.HELD, ""))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> actions.killSwitch("", HoldState.HELD, ""))
        .isInstanceOf(AccessDeniedException.class);
    actions.killSwitch("r", HoldState.HELD, "");
    assertThat(sent).hasSize(1);
  }

  @Test
  void shouldSendWhoAndWhatWhenTheCallerMay() throws Exception {
    logIn("ada", Role.ADMIN);

    OperatorActions.Sent request = actions.setKnob("r", ALPHA, 0.02, "  too slow ");
    actions.setMode("r", "", Mode.OBSERVE, "");

    OperatorRequest first =
        Codecs.OPERATOR_REQUEST.decode(Codecs.OPERATOR_REQUEST.encode(sent.get(0)));
    assertThat(first.operator()).isEqualTo("ada");
    assertThat(first.comment()).isEqualTo("too slow");
    assertThat(first.body()).isEqualTo(new SetKnob("load_balance.alpha", "", 0.02, null));
    assertThat(request.answerId()).isEqualTo("request:" + first.requestId());
    assertThat(sent.get(1).body()).isEqualTo(new SetMode("", Mode.OBSERVE));
  }

  @Test
  void shouldSendNothingWhenTheValueIsOutOfBounds() {
    logIn("ada", Role.ADMIN);

    assertThatThrownBy(() -> actions.setKnob("r", ALPHA, 1.01, ""))
        .hasMessageContaining("EVK-KNOB-BOUNDS");
    assertThatThrownBy(() -> actions.setKnob("r", ALPHA, Double.NaN, ""))
        .hasMessageContaining("EVK-KNOB-NOT-FINITE");
    assertThatThrownBy(() -> actions.setKnob("r", ALPHA, 0, ""))
        .hasMessageContaining("EVK-KNOB-BOUNDS");
    assertThat(sent).isEmpty();
  }

  @Test
  void shouldSayWhatToTypeWhenTheFieldHoldsNoNumber() {
    assertThat(KnobInput.of(ALPHA, "much")).isInstanceOf(KnobInput.Bad.class);
    assertThat(KnobInput.of(ALPHA, "")).isInstanceOf(KnobInput.Bad.class);
    assertThat(KnobInput.of(ALPHA, " 1e-3 ")).isEqualTo(new KnobInput.Good(1e-3));
  }

  private static void logIn(String name, Role role) {
    SecurityContextHolder.getContext()
        .setAuthentication(
            UsernamePasswordAuthenticationToken.authenticated(
                name, null, List.of(new SimpleGrantedAuthority(role.authority()))));
  }
}
