package io.evenkeel.controller.notify.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.config.Channel;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Receiver.Outcome.Delivered;
import io.evenkeel.controller.notify.channel.Channels;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint.Received;
import io.evenkeel.testing.FakeClock;
import io.evenkeel.testing.node.NodeProject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is sent, as Standard Webhooks' own JavaScript library sees it. */
class StandardWebhooksIT {

  private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String OTHER = "whsec_AAAAsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final NodeProject PROJECT =
      new NodeProject(
          Path.of("src", "test", "webhooks"), Path.of("target", "webhooks"), List.of("verify.mjs"));

  private WebhookEndpoint endpoint;

  @BeforeAll
  static void install() throws Exception {
    PROJECT.install().ifPresent(reason -> abort("JavaScript tests skipped: " + reason));
  }

  @BeforeEach
  void start() throws IOException {
    endpoint = new WebhookEndpoint();
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  @Test
  void shouldVerifyWithOldAndNewSecretAndWithNoOther() throws Exception {
    Received got = send(Instant.now());
    assertThat(verify(NEW, got, got.headers().get("webhook-timestamp"))).isEqualTo("verified");
    assertThat(verify(OLD, got, got.headers().get("webhook-timestamp"))).isEqualTo("verified");
    assertThat(verify(OTHER, got, got.headers().get("webhook-timestamp")))
        .contains("No matching signature");
  }

  @Test
  void shouldBeRejectedWhenReplayed() throws Exception {
    Received old = send(Instant.now().minus(Duration.ofMinutes(10)));
    assertThat(verify(NEW, old, old.headers().get("webhook-timestamp"))).contains("too old");
    String forged = Long.toString(Instant.now().getEpochSecond());
    assertThat(verify(NEW, old, forged)).contains("No matching signature");
  }

  private Received send(Instant at) throws InterruptedException {
    AlertEvent alert =
        new AlertEvent(
            "abc.123",
            "run-1",
            0,
            "non-finite",
            "run",
            AlertState.FIRING,
            Severity.CRITICAL,
            40,
            45,
            Double.NaN,
            0,
            "Schlüsselwörter und \"Anführungszeichen\" überleben: \u00fc \u2265 1.",
            Map.of(),
            at,
            at);
    AlertsConfig config =
        AlertsConfig.ofWebhooks(
            List.of(endpoint.url()), List.of(NEW, OLD), Channel.Reach.PRIVATE_TOO, "");
    assertThat(
            Channels.of(config, new FakeClock(at), Duration.ofSeconds(60))
                .getFirst()
                .deliver(Notice.of(alert, at)))
        .isInstanceOf(Delivered.class);
    return endpoint.received().getLast();
  }

  private static String verify(String secret, Received got, String timestamp)
      throws IOException, InterruptedException {
    Process node =
        new ProcessBuilder(
                "node",
                "verify.mjs",
                secret,
                got.headers().get("webhook-id"),
                timestamp,
                got.headers().get("webhook-signature"))
            .directory(PROJECT.home().toFile())
            .redirectErrorStream(true)
            .start();
    node.getOutputStream().write(got.body().getBytes(StandardCharsets.UTF_8));
    node.getOutputStream().close();
    String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return said.trim();
  }
}
