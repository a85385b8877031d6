package io.evenkeel.controller.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Notice.Item;
import io.evenkeel.controller.notify.Notice.Role;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.Receiver.Outcome;
import io.evenkeel.controller.notify.Receiver.Outcome.Delivered;
import io.evenkeel.controller.notify.Receiver.Outcome.Gone;
import io.evenkeel.controller.notify.Receiver.Outcome.Retry;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint.Answer;
import io.evenkeel.testing.FakeClock;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every channel against a real HTTP server on loopback, in the shapes that the services publish.
 */
class ChannelsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final FakeClock CLOCK = FakeClock.atNewYear();

  private WebhookEndpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    endpoint = new WebhookEndpoint();
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  private String base() {
    String url = endpoint.url().toString();
    return url.substring(0, url.indexOf("/hook"));
  }

  private static Receiver receiver(String channel, Duration timeout) {
    String file =
        """
        global: {external_url: 'https://ui.example', runbook_url: 'https://wiki.example/runbooks', allow_private: true}
        route: {receiver: team}
        receivers:
          - name: team
            %s
        """
            .formatted(channel);
    AlertsFile read = AlertsFile.parse(file, Path.of("."), "");
    assertThat(read.problems()).isEmpty();
    return Channels.of(read.config().orElseThrow(), CLOCK, timeout).getFirst();
  }

  private Outcome deliver(String channel, Notice notice) throws InterruptedException {
    return receiver(channel, PATIENCE).deliver(notice);
  }

  private String slack() {
    return "slack_configs: [{api_url: '" + base() + "/services/T0/B0/geheim'}]";
  }

  private String pagerDuty() {
    return "pagerduty_configs: [{routing_key: geheim-key, url: '" + base() + "/v2/enqueue'}]";
  }

  private String alertmanager() {
    return "alertmanager_configs: [{url: '" + base() + "', bearer_token: geheim-token}]";
  }

  private JsonNode received() throws IOException {
    return new ObjectMapper().readTree(endpoint.received().getLast().body());
  }

  private static Item item(String id, AlertState state, Severity severity, String... control) {
    Instant now = CLOCK.instant();
    AlertEvent alert =
        new AlertEvent(
            id,
            "run-1",
            0,
            "gradient-norm-ratio",
            "layers/3",
            state,
            severity,
            40,
            45,
            16.5,
            0.1,
            "R_g of layer 3 is 16.5 & <rising>.",
            Map.of("team-name", "moe"),
            now,
            now);
    return new Item(alert, now.minusSeconds(5), Role.NEW, List.of(control));
  }

  private static Notice notice(Item... items) {
    return new Notice(
        "g1-7",
        new Notice.Group("g1", "{}:{run=\"run-1\"}", new TreeMap<>(Map.of("run", "run-1"))),
        List.of(items),
        0);
  }

  @Test
  void shouldTellSlackInItsShape() throws Exception {
    endpoint.answering(new Answer(200, null, "", -1));
    Item acted =
        item(
            "a",
            AlertState.FIRING,
            Severity.CRITICAL,
            "acted at step 46: alpha from 30 to 10, since R_g is far out.");
    assertThat(deliver(slack(), notice(acted, item("b", AlertState.FIRING, Severity.WARNING))))
        .isInstanceOf(Delivered.class);
    JsonNode body = received();
    assertThat(body.path("text").asText())
        .isEqualTo(
            "[FIRING, critical] run run-1: gradient-norm-ratio, 2 incidents (2 new, 0 still firing,"
                + " 0 resolved)");
    JsonNode attachment = body.path("attachments").path(0);
    assertThat(attachment.path("color").asText()).isEqualTo("danger");
    assertThat(attachment.path("text").asText())
        .contains("R_g of layer 3 is 16.5 &amp; &lt;rising&gt;.")
        .contains("Since step 40, as of step 45, layer 3.")
        .contains("The value is 16.5, the limit 0.1, 165 times the limit.")
        .contains("Evenkeel acted at step 46: alpha from 30 to 10")
        .contains("<https://ui.example/runs/run-1|Charts>")
        .contains("<https://wiki.example/runbooks/gradient-norm-ratio.md|Runbook>");
  }

  @Test
  void shouldTellSlackThatItIsOver() throws Exception {
    deliver(slack(), notice(item("a", AlertState.RESOLVED, Severity.CRITICAL)));
    assertThat(received().path("text").asText())
        .isEqualTo("[RESOLVED, critical] run run-1: gradient-norm-ratio, layer 3");
    assertThat(received().at("/attachments/0/color").asText()).isEqualTo("good");
  }

  @Test
  void shouldDisableSlackWhenTheChannelIsArchived() throws Exception {
    endpoint.answering(new Answer(410, null, "", -1), new Answer(429, "retry-after", "30", -1));
    Notice notice = notice(item("a", AlertState.FIRING, Severity.INFO));
    assertThat(deliver(slack(), notice)).isInstanceOf(Gone.class);
    assertThat(deliver(slack(), notice))
        .isInstanceOfSatisfying(
            Retry.class, r -> assertThat(r.after()).contains(Duration.ofSeconds(30)));
  }

  @Test
  void shouldTriggerAndResolveOneIncidentOfPagerDuty() throws Exception {
    endpoint.answering(new Answer(202, null, "", -1), new Answer(202, null, "", -1));
    deliver(pagerDuty(), notice(item("a", AlertState.FIRING, Severity.WARNING)));
    JsonNode trigger = received();
    assertThat(trigger.path("routing_key").asText()).isEqualTo("geheim-key");
    assertThat(trigger.path("event_action").asText()).isEqualTo("trigger");
    assertThat(trigger.at("/payload/severity").asText()).isEqualTo("warning");
    assertThat(trigger.at("/payload/source").asText()).isEqualTo("run-1");
    assertThat(trigger.at("/payload/summary").asText()).startsWith("[FIRING, warning] run run-1");
    assertThat(trigger.at("/payload/custom_details/runbook").asText()).contains("wiki.example");
    assertThat(trigger.at("/links/0/href").asText()).isEqualTo("https://ui.example/runs/run-1");
    deliver(
        pagerDuty(),
        notice(
            item("a", AlertState.RESOLVED, Severity.WARNING),
            item("b", AlertState.FIRING, Severity.WARNING)));
    assertThat(received().path("event_action").asText()).isEqualTo("trigger");
    deliver(pagerDuty(), notice(item("b", AlertState.RESOLVED, Severity.WARNING)));
    assertThat(received().path("event_action").asText()).isEqualTo("resolve");
    assertThat(received().path("dedup_key")).isEqualTo(trigger.path("dedup_key"));
  }

  @Test
  void shouldGiveAlertmanagerItsAlerts() throws Exception {
    deliver(
        alertmanager(),
        notice(
            item("a", AlertState.FIRING, Severity.WARNING),
            item("b", AlertState.RESOLVED, Severity.WARNING)));
    assertThat(endpoint.received().getLast().headers())
        .containsEntry("authorization", "Bearer geheim-token");
    JsonNode alerts = received();
    assertThat(alerts.size()).isEqualTo(2);
    assertThat(alerts.at("/0/labels/alertname").asText()).isEqualTo("gradient-norm-ratio");
    assertThat(alerts.at("/0/labels/team_name").asText()).isEqualTo("moe");
    assertThat(Instant.parse(alerts.at("/0/endsAt").asText())).isAfter(CLOCK.instant());
    assertThat(Instant.parse(alerts.at("/1/endsAt").asText())).isEqualTo(CLOCK.instant());
    assertThat(alerts.at("/0/generatorURL").asText()).isEqualTo("https://ui.example/runs/run-1");
  }

  @Test
  void shouldShowNoSecret() {
    for (String channel : List.of(slack(), pagerDuty(), alertmanager())) {
      Receiver receiver = receiver(channel, PATIENCE);
      assertThat(receiver.id() + receiver.shownUrl()).doesNotContain("geheim");
    }
  }

  /** A receiver that echoes what it got must not bring a secret into the delivery log. */
  @Test
  void shouldTakeSecretsOutOfWhatAReceiverAnswers() throws Exception {
    try (RawServer server =
        new RawServer("HTTP/1.1 400 Bad\r\ncontent-length: 17\r\n\r\nkey is geheim-key", 0)) {
      String channel =
          "pagerduty_configs: [{routing_key: geheim-key, url: '" + server.base() + "/x'}]";
      assertThat(deliver(channel, notice(item("a", AlertState.FIRING, Severity.INFO))))
          .isInstanceOfSatisfying(
              Retry.class, r -> assertThat(r.detail()).isEqualTo("HTTP 400 key is ***"));
    }
  }

  @Test
  void shouldNotWaitForAReceiverThatDrips() throws Exception {
    Notice notice = notice(item("a", AlertState.FIRING, Severity.INFO));
    // The status never comes whole: it is tried again.
    try (RawServer server = new RawServer("HTTP/1.1 200 O", Integer.MAX_VALUE)) {
      assertThat(receiver(hook(server), Duration.ofSeconds(2)).deliver(notice))
          .isInstanceOfSatisfying(Retry.class, r -> assertThat(r.detail()).contains("Timeout"));
    }
    // The status has come: it is taken, however long the body drips.
    try (RawServer server =
        new RawServer("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n", Integer.MAX_VALUE)) {
      assertThat(receiver(hook(server), Duration.ofSeconds(5)).deliver(notice))
          .isInstanceOf(Delivered.class);
    }
  }

  @Test
  void shouldSayWhenTlsFails() throws Exception {
    try (RawServer server = new RawServer("this is no TLS, as anybody can see\r\n\r\n", 0)) {
      String channel =
          "webhook_configs: [{url: '" + server.base().replace("http:", "https:") + "/x'}]";
      assertThat(deliver(channel, notice(item("a", AlertState.FIRING, Severity.INFO))))
          .isInstanceOfSatisfying(
              Retry.class, r -> assertThat(r.detail()).startsWith("TLS failed: "));
    }
  }

  @Test
  void shouldConnectToNothingWhenTheTargetIsPrivate() throws Exception {
    String channel = slack().replace("'}]", "', allow_private: false}]");
    assertThat(deliver(channel, notice(item("a", AlertState.FIRING, Severity.INFO))))
        .isInstanceOfSatisfying(
            Retry.class, r -> assertThat(r.detail()).startsWith("EVK-WEBHOOK-TARGET"));
    assertThat(endpoint.received()).isEmpty();
  }

  private static String hook(RawServer server) {
    return "webhook_configs: [{url: '" + server.base() + "/hook'}]";
  }

  /** Writes some bytes to whoever connects, and then a byte now and then. */
  private static final class RawServer implements AutoCloseable {
    private final ServerSocket server;
    private final byte[] first;
    private final int drips;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Socket> open = new ArrayList<>();

    RawServer(String first, int drips) throws IOException {
      this.first = first.getBytes(StandardCharsets.US_ASCII);
      this.drips = drips;
      this.server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
      Thread.ofPlatform().daemon().start(this::serve);
    }

    String base() {
      return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void serve() {
      while (closed.getCount() > 0) {
        try {
          Socket socket = server.accept();
          synchronized (open) {
            open.add(socket);
          }
          Thread.ofPlatform().daemon().start(() -> answer(socket));
        } catch (IOException e) {
          return;
        }
      }
    }

    private void answer(Socket socket) {
      try (socket;
          OutputStream out = socket.getOutputStream()) {
        socket.getInputStream().read(new byte[64 * 1024]);
        out.write(first);
        out.flush();
        for (int i = 0; i < drips; i++) {
          if (closed.await(100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
            return;
          }
          out.write('x');
          out.flush();
        }
      } catch (IOException e) {
        // The other side has gone, as it should.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() throws IOException {
      closed.countDown();
      server.close();
      synchronized (open) {
        for (Socket socket : open) {
          socket.close();
        }
      }
    }
  }
}
