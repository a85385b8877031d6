package io.evenkeel.controller.notify.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Receiver.Outcome;
import io.evenkeel.controller.notify.Receiver.Outcome.Delivered;
import io.evenkeel.controller.notify.Receiver.Outcome.Gone;
import io.evenkeel.controller.notify.Receiver.Outcome.Retry;
import io.evenkeel.controller.notify.http.Poster;
import io.evenkeel.controller.notify.http.TargetCheck;
import io.evenkeel.controller.notify.text.Wording;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint.Answer;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint.Received;
import io.evenkeel.testing.FakeClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real HTTP server on loopback. */
class WebhookReceiverTest {

  private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final Clock CLOCK = FakeClock.atNewYear();
  private static final HttpClient HTTP = Poster.client();

  /** For an answer that comes: a slow machine is no failure. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private WebhookEndpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    endpoint = new WebhookEndpoint();
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  private WebhookReceiver receiver(URI url, TargetCheck.Policy policy) {
    return receiver(url, policy, PATIENCE);
  }

  private WebhookReceiver receiver(URI url, TargetCheck.Policy policy, Duration timeout) {
    return new WebhookReceiver(
        "hook",
        "http://127.0.0.1/hook",
        new WebhookSignature(List.of(NEW, OLD)),
        new Wording(new AlertsConfig.Links("http://ui.example", "")),
        new Poster(
            url,
            new TargetCheck(policy),
            HTTP,
            CLOCK,
            List.of(String.valueOf(url.getRawQuery())),
            timeout),
        CLOCK);
  }

  private Outcome deliver(AlertState state) throws InterruptedException {
    return receiver(endpoint.url(), TargetCheck.Policy.PRIVATE_TOO).deliver(notice(state));
  }

  private static Notice notice(AlertState state) {
    Instant now = CLOCK.instant();
    AlertEvent alert =
        new AlertEvent(
            "abc123",
            "run-1",
            0,
            "gradient-norm-ratio",
            "layers/3",
            state,
            Severity.CRITICAL,
            40,
            45,
            16.5,
            0.1,
            "R_g of layer 3 is 16.5.",
            Map.of("team", "moe"),
            now,
            now);
    return Notice.of(alert, now.minusSeconds(5));
  }

  @Test
  void shouldSendSignedBodyInAlertmanagerShape() throws Exception {
    assertThat(deliver(AlertState.RESOLVED)).isInstanceOf(Delivered.class);
    Received got = endpoint.received().getFirst();
    assertThat(got.headers())
        .containsEntry("webhook-id", "abc123-resolved")
        .containsEntry("content-type", "application/json")
        .containsEntry("webhook-timestamp", Long.toString(CLOCK.instant().getEpochSecond()));
    for (String secret : List.of(OLD, NEW)) {
      String expected =
          new WebhookSignature(List.of(secret))
              .sign("abc123-resolved", CLOCK.instant(), got.body());
      assertThat(got.headers().get("webhook-signature").split(" ")).contains(expected);
    }
    JsonNode body = new ObjectMapper().readTree(got.body());
    assertThat(body.path("version").asText()).isEqualTo("4");
    assertThat(body.path("status").asText()).isEqualTo("resolved");
    JsonNode alert = body.path("alerts").path(0);
    assertThat(alert.path("labels").path("alertname").asText()).isEqualTo("gradient-norm-ratio");
    assertThat(alert.path("labels").path("severity").asText()).isEqualTo("critical");
    assertThat(alert.path("labels").path("team").asText()).isEqualTo("moe");
    assertThat(alert.path("annotations").path("first_step").asText()).isEqualTo("40");
    assertThat(alert.path("startsAt").asText())
        .isEqualTo(CLOCK.instant().minusSeconds(5).toString());
    assertThat(alert.path("endsAt").asText()).isEqualTo(CLOCK.instant().toString());
    assertThat(alert.path("fingerprint").asText()).isEqualTo("abc123");
  }

  @Test
  void shouldRetryWhenServerFailsRedirectsOrHangs() throws Exception {
    endpoint.answering(
        WebhookEndpoint.status(500),
        new Answer(302, "location", "http://169.254.169.254/latest", -1),
        WebhookEndpoint.status(0));
    assertThat(deliver(AlertState.FIRING)).isInstanceOf(Retry.class);
    assertThat(deliver(AlertState.FIRING))
        .isInstanceOfSatisfying(Retry.class, r -> assertThat(r.detail()).contains("302"));
    WebhookReceiver impatient =
        receiver(endpoint.url(), TargetCheck.Policy.PRIVATE_TOO, Duration.ofSeconds(2));
    assertThat(impatient.deliver(notice(AlertState.FIRING)))
        .isInstanceOfSatisfying(Retry.class, r -> assertThat(r.detail()).contains("Timeout"));
    assertThat(endpoint.received()).hasSize(3);
  }

  @Test
  void shouldHonourRetryAfterWhenThrottled() throws Exception {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            CLOCK.instant().plusSeconds(90).atOffset(ZoneOffset.UTC));
    endpoint.answering(
        new Answer(429, "retry-after", "7", -1),
        new Answer(503, "retry-after", date, -1),
        new Answer(429, "retry-after", "soon", -1));
    assertThat(((Retry) deliver(AlertState.FIRING)).after()).contains(Duration.ofSeconds(7));
    assertThat(((Retry) deliver(AlertState.FIRING)).after()).contains(Duration.ofSeconds(90));
    assertThat(((Retry) deliver(AlertState.FIRING)).after()).isEmpty();
  }

  @Test
  void shouldDisableWhenGone() throws Exception {
    endpoint.answering(WebhookEndpoint.status(410));
    assertThat(deliver(AlertState.FIRING)).isInstanceOf(Gone.class);
  }

  @Test
  void shouldNotReadHugeAnswer() throws Exception {
    long huge = 1L << 30;
    endpoint.answering(new Answer(200, null, "", huge));
    assertThat(deliver(AlertState.FIRING)).isInstanceOf(Delivered.class);
    assertThat(endpoint.written()).isLessThan(huge);
  }

  @Test
  void shouldConnectToNothingWhenTargetIsPrivate() throws Exception {
    Outcome outcome =
        receiver(endpoint.url(), TargetCheck.Policy.PUBLIC_ONLY).deliver(notice(AlertState.FIRING));
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Retry.class, r -> assertThat(r.detail()).startsWith(ErrorId.WEBHOOK_TARGET.id()));
    assertThat(endpoint.received()).isEmpty();
  }

  @Test
  void shouldRetryWhenNobodyListens() throws Exception {
    URI url = endpoint.url();
    endpoint.close();
    assertThat(receiver(url, TargetCheck.Policy.PRIVATE_TOO).deliver(notice(AlertState.FIRING)))
        .isInstanceOf(Retry.class);
  }
}
