package io.evenkeel.controller.notify.alertmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.Receiver.Outcome.Delivered;
import io.evenkeel.controller.notify.channel.Channels;
import io.evenkeel.controller.notify.webhook.WebhookEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An Alertmanager of Debian's, which tells a webhook what it has understood. */
class AlertmanagerIT {

  private static final Path PROGRAM = Path.of("/usr/bin/prometheus-alertmanager");

  @TempDir Path dir;

  @Test
  void shouldFireAndResolveInAlertmanager() throws Exception {
    assumeTrue(
        Files.isExecutable(PROGRAM),
        "there is no " + PROGRAM + ": install prometheus-alertmanager");
    int port = freePort();
    Process manager = null;
    try (WebhookEndpoint endpoint = new WebhookEndpoint()) {
      manager = start(port, endpoint.url());
      await(() -> status(port) == 200);
      Receiver receiver = receiver(port);
      Instant fired = Instant.now().minusSeconds(30);
      assertThat(receiver.deliver(Notice.of(event(AlertState.FIRING, fired), fired)))
          .isInstanceOf(Delivered.class);
      await(() -> tells(endpoint, "firing"));
      JsonNode shown = get(port, "/api/v2/alerts").path(0);
      assertThat(shown.at("/status/state").asText()).isEqualTo("active");
      assertThat(shown.at("/labels/alertname").asText()).isEqualTo("gradient-norm-ratio");
      assertThat(shown.at("/labels/team_name").asText()).isEqualTo("moe");
      assertThat(shown.at("/annotations/summary").asText()).isEqualTo("R_g of layer 3 is 16.5.");
      Instant over = Instant.now().minusSeconds(1);
      assertThat(receiver.deliver(Notice.of(event(AlertState.RESOLVED, over), fired)))
          .isInstanceOf(Delivered.class);
      await(() -> tells(endpoint, "resolved"));
      await(() -> get(port, "/api/v2/alerts").isEmpty());
    } finally {
      if (manager != null) {
        manager.destroy();
        assertThat(manager.waitFor(1, TimeUnit.MINUTES)).isTrue();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process start(int port, URI webhook) throws IOException {
    Path config = dir.resolve("alertmanager.yml");
    Files.writeString(
        config,
        """
        route: {receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1s}
        receivers:
          - name: hook
            webhook_configs: [{url: '%s', send_resolved: true}]
        """
            .formatted(webhook));
    return new ProcessBuilder(
            PROGRAM.toString(),
            "--config.file=" + config,
            "--storage.path=" + dir.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port,
            "--cluster.listen-address=")
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("alertmanager.log").toFile())
        .start();
  }

  private static Receiver receiver(int port) {
    AlertsFile file =
        AlertsFile.parse(
            """
            route: {receiver: am}
            receivers:
              - name: am
                alertmanager_configs: [{url: 'http://127.0.0.1:%d/', allow_private: true}]
            """
                .formatted(port),
            Path.of("."),
            "http://127.0.0.1:8080");
    return Channels.of(file.config().orElseThrow(), Clock.systemUTC(), Duration.ofSeconds(60))
        .getFirst();
  }

  private static AlertEvent event(AlertState state, Instant at) {
    return new AlertEvent(
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
        Map.of("team-name", "moe"),
        at,
        at);
  }

  private static boolean tells(WebhookEndpoint endpoint, String status) {
    return List.copyOf(endpoint.received()).stream()
        .anyMatch(got -> got.body().contains("\"status\":\"" + status + "\""));
  }

  private static int status(int port) {
    try {
      return request(port, "/-/ready").statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private static JsonNode get(int port, String path) {
    try {
      return new ObjectMapper().readTree(request(port, path).body());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> request(int port, String path) throws IOException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void await(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("gave up waiting").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
