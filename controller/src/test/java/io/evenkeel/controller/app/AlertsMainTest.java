package io.evenkeel.controller.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.controller.notify.webhook.WebhookEndpoint;
import io.evenkeel.testing.FakeClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertsMainTest {

  @TempDir Path dir;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();
  private Path file;

  @BeforeEach
  void place() {
    file = dir.resolve("alerts.yml");
  }

  private int run(String... arguments) {
    return AlertsMain.run(
        arguments,
        environment,
        FakeClock.atNewYear(),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }

  private static String team(WebhookEndpoint endpoint) {
    return """
        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs: [{url: '%s', allow_private: true}]
          - name: nobody
        """
        .formatted(endpoint.url());
  }

  @Test
  void shouldTellAllErrorsWithTheirLines() throws IOException {
    Files.writeString(file, "route: {receiver: a}\nreceivers:\n  - name: 'b c'\n    x: 1\n");
    assertThat(run("check", file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains(file + ":1:19: EVK-ALERTS-RECEIVER: there is no receiver 'a'")
        .contains(file + ":3:11: EVK-ALERTS-CONFIG: a receiver needs a name")
        .contains(file + ":4:5: EVK-ALERTS-CONFIG: there is no key 'x'");
  }

  @Test
  void shouldSayThatAFileIsInOrderAndShowNoSecret() throws IOException {
    try (WebhookEndpoint endpoint = new WebhookEndpoint()) {
      Files.writeString(file, team(endpoint));
      assertThat(run("check", file.toString())).isZero();
      assertThat(out.toString())
          .contains("is in order")
          .contains("team: [webhook at http://127.0.0.1")
          .doesNotContain("secret");
    }
  }

  @Test
  void shouldSendOneTestNoticeAndPrintTheAnswer() throws IOException {
    try (WebhookEndpoint endpoint = new WebhookEndpoint()) {
      Files.writeString(file, team(endpoint));
      assertThat(run("test", "team", "--config", file.toString())).as(err.toString()).isZero();
      assertThat(out.toString()).contains("taken, HTTP 204");
      assertThat(endpoint.received()).hasSize(1);
      assertThat(endpoint.received().getFirst().body()).contains("Nothing is wrong.");
      endpoint.answering(WebhookEndpoint.status(500));
      environment.put("EVENKEEL_ALERTS_FILE", file.toString());
      assertThat(run("test", "team")).isEqualTo(1);
      assertThat(err.toString()).contains("EVK-ALERTS-TEST").contains("HTTP 500");
    }
  }

  @Test
  void shouldTestTheEnvironmentsReceiver() throws IOException {
    try (WebhookEndpoint endpoint = new WebhookEndpoint()) {
      environment.put("EVENKEEL_WEBHOOK_URL", endpoint.url().toString());
      assertThat(run("test", "environment")).isEqualTo(1);
      assertThat(err.toString()).contains("EVK-WEBHOOK-TARGET");
      assertThat(endpoint.received()).isEmpty();
      environment.put("EVENKEEL_WEBHOOK_ALLOW_PRIVATE", "true");
      assertThat(run("test", "environment")).isZero();
    }
  }

  @Test
  void shouldNameTheReceiversWhenThereIsNoneOfThatName() throws IOException {
    try (WebhookEndpoint endpoint = new WebhookEndpoint()) {
      Files.writeString(file, team(endpoint));
      assertThat(run("test", "x", "--config", file.toString())).isEqualTo(1);
      assertThat(err.toString()).contains("EVK-ALERTS-RECEIVER").contains("team, nobody");
      assertThat(run("test")).isEqualTo(2);
      assertThat(run("check", dir.resolve("absent").toString())).isEqualTo(1);
    }
  }
}
