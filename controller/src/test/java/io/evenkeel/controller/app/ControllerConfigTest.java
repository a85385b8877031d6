package io.evenkeel.controller.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.alerting.config.Channel.Reach;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.notify.request.AlertsStart.Editing;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ControllerConfigTest {

  @Test
  void shouldUseDefaultsWhenNothingIsSet() {
    ControllerConfig config = ControllerConfig.from(Map.of());
    assertThat(config.mode()).isEqualTo(Mode.ADVISE);
    assertThat(config.kafka().bootstrap()).isEqualTo("localhost:9092");
    assertThat(config.database()).isEmpty();
    assertThat(config.webhooks().urls()).isEmpty();
    assertThat(config.webhooks().targets()).isEqualTo(ControllerConfig.Targets.PUBLIC_ONLY);
    assertThat(config.alertsStart().editing()).isEqualTo(Editing.POSSIBLE);
    assertThat(config.alertsStart().shown()).isEmpty();
    assertThat(config.alertsStart().secrets()).isEmpty();
    assertThat(config.alertsStart().reach()).isEqualTo(Reach.PUBLIC_ONLY);
  }

  @Test
  void shouldReadEverySetting() {
    ControllerConfig config =
        ControllerConfig.from(
            Map.of(
                "EVENKEEL_KAFKA_BOOTSTRAP", "k:1",
                "EVENKEEL_CONTROL_MODE", "auto",
                "EVENKEEL_DB_URL", "jdbc:postgresql://d/e",
                "EVENKEEL_DB_USER", "u",
                "EVENKEEL_DB_PASSWORD", "geheim",
                "EVENKEEL_WEBHOOK_URL", "https://a.example/x, http://b.example",
                "EVENKEEL_WEBHOOK_SECRET", "whsec_AAAA,whsec_BBBB",
                "EVENKEEL_WEBHOOK_ALLOW_PRIVATE", "true",
                "EVENKEEL_EXTERNAL_URL", "http://ui"));
    assertThat(config.mode()).isEqualTo(Mode.AUTO);
    assertThat(config.database().orElseThrow().user()).isEqualTo("u");
    assertThat(config.webhooks().urls()).hasSize(2);
    assertThat(config.webhooks().secrets()).hasSize(2);
    assertThat(config.webhooks().targets()).isEqualTo(ControllerConfig.Targets.PRIVATE_TOO);
    assertThat(config.webhooks().externalUrl()).isEqualTo("http://ui");
    assertThat(config.toString()).doesNotContain("geheim").doesNotContain("whsec_");
  }

  @Test
  void shouldReadWhatMayBeChangedLater() {
    ControllerConfig config =
        ControllerConfig.from(
            Map.of(
                "EVENKEEL_ALERTS_SECRETS", ".",
                "EVENKEEL_ALERTS_ALLOW_PRIVATE", "true",
                "EVENKEEL_DB_URL", "jdbc:postgresql://d/e",
                "EVENKEEL_WEBHOOK_URL", "https://a.example/x"));
    assertThat(config.alertsStart().editing()).isEqualTo(Editing.FIXED);
    assertThat(config.alertsStart().secrets()).contains(Path.of("."));
    assertThat(config.alertsStart().reach()).isEqualTo(Reach.PRIVATE_TOO);
  }

  @Test
  void shouldNameEveryProblemAtOnce() {
    assertThatThrownBy(
            () ->
                ControllerConfig.from(
                    Map.of(
                        "EVENKEEL_CONTROL_MODE", "wild",
                        "EVENKEEL_WEBHOOK_URL", "ftp://x",
                        "EVENKEEL_ALERTS_SECRETS", "absent",
                        "EVENKEEL_WEBHOOK_SECRET", "secret")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(ErrorId.CONFIG_INVALID.id())
        .hasMessageContaining("EVENKEEL_CONTROL_MODE")
        .hasMessageContaining("EVENKEEL_WEBHOOK_URL")
        .hasMessageContaining("EVENKEEL_ALERTS_SECRETS")
        .hasMessageContaining("EVENKEEL_WEBHOOK_SECRET");
  }
}
