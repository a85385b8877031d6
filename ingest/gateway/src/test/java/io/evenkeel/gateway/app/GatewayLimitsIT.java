package io.evenkeel.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.gateway.Await;
import io.evenkeel.gateway.TestKafka;
import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.testing.TrainingRuns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that take too long, and more of them than there is room for. */
class GatewayLimitsIT {

  private static final String PROTOBUF = "application/x-protobuf";
  private static final String TELEMETRY = "/api/v1/telemetry";
  private static final int ROOM = 64 << 10;
  private static final Duration BODY_TIME = Duration.ofSeconds(5);
  private static final Pattern LENGTH = Pattern.compile("Content-Length: (\\d+)");
  private static final Limits STANDARD = Limits.STANDARD;

  @TempDir private static Path folder;
  private static TestKafka kafka;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    kafka = new TestKafka(folder.resolve("kafka"));
    gateway =
        new TestGateway(
            folder.resolve("data"),
            kafka.bootstrap(),
            new Limits(
                ROOM,
                ROOM,
                STANDARD.records(),
                ROOM,
                BODY_TIME,
                ROOM,
                STANDARD.recordsPerSecond(),
                STANDARD.bytesPerSecond(),
                1));
    gateway.awaitReady();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    kafka.close();
  }

  private static byte[] valid() {
    return RecordBatches.encode(
        List.of(
            Codecs.STEP_TELEMETRY.encode(
                TrainingRuns.healthy("limits").layers(1).build().telemetry(1, 0))));
  }

  private static Socket socket() throws IOException {
    URI uri = URI.create(gateway.base());
    return new Socket(uri.getHost(), uri.getPort());
  }

  private static void head(Socket socket, String path, int length) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("POST "
                    + path
                    + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                    + gateway.token()
                    + "\r\nContent-Type: "
                    + PROTOBUF
                    + "\r\nContent-Length: "
                    + length
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** Sends a byte now and then, or nothing more at all, until an answer has come and ended. */
  private static String answer(Socket socket, boolean trickles) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    socket.setSoTimeout(trickles ? 100 : 60_000);
    while (!isWhole(answer.toString(StandardCharsets.ISO_8859_1))) {
      try {
        int next = socket.getInputStream().read();
        assertThat(next).as("the end of %s", answer).isNotNegative();
        answer.write(next);
        // All of it is on its way by now.
        socket.setSoTimeout(60_000);
      } catch (SocketTimeoutException e) {
        assertThat(answer.size()).as("an answer that does not end").isZero();
        socket.getOutputStream().write(0);
      }
    }
    return answer.toString(StandardCharsets.UTF_8);
  }

  private static boolean isWhole(String answer) {
    int head = answer.indexOf("\r\n\r\n");
    Matcher length = LENGTH.matcher(answer);
    return head >= 0
        && length.find()
        && answer.length() == head + 4 + Integer.parseInt(length.group(1));
  }

  /** It does not wait for the rest. */
  private static void expectHangUp(Socket socket) throws IOException {
    try {
      assertThat(socket.getInputStream().read()).isNegative();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TELEMETRY, "/v1/metrics"})
  void shouldAnswer408WhenABodyTrickles(String path) throws Exception {
    try (Socket socket = socket()) {
      head(socket, path, 10_000);

      assertThat(answer(socket, true)).startsWith("HTTP/1.1 408 ").contains("EVK-GATEWAY-TIMEOUT");
      expectHangUp(socket);
    }
    expectRoom();
  }

  @Test
  void shouldAnswer408WhenABodyStops() throws Exception {
    try (Socket socket = socket()) {
      head(socket, TELEMETRY, 10_000);
      socket.getOutputStream().write(0);

      assertThat(answer(socket, false)).startsWith("HTTP/1.1 408 ").contains("EVK-GATEWAY-TIMEOUT");
      expectHangUp(socket);
    }
    expectRoom();
  }

  @ParameterizedTest
  @ValueSource(strings = {TELEMETRY, "/v1/metrics"})
  void shouldAnswer503WhenOtherBodiesTakeAllRoom(String path) throws Exception {
    byte[] body = valid();
    try (Socket greedy = socket()) {
      head(greedy, TELEMETRY, ROOM);
      Await.until(
          "the room is taken",
          Duration.ofSeconds(30),
          () -> GatewayApiIT.metric(gateway, "evenkeel_gateway_body_bytes") == ROOM);

      TestGateway.Answer answer = gateway.post(path, PROTOBUF, body);

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.text()).contains("EVK-GATEWAY-BUSY");
      assertThat(answer.response().headers().firstValue("Retry-After")).contains("1");
    }
    expectRoom();
    assertThat(gateway.post(TELEMETRY, PROTOBUF, body).status()).isEqualTo(200);
  }

  @Test
  void shouldAnswer503WhenTooManyWait() throws Exception {
    String question = "/api/v1/runs/limits/commands?wait=";
    CompletableFuture<?> first =
        gateway
            .client()
            .sendAsync(
                gateway.request(question + 60).GET().build(),
                java.net.http.HttpResponse.BodyHandlers.ofString());
    Await.until(
        "the first waits",
        Duration.ofSeconds(30),
        () -> GatewayApiIT.metric(gateway, "evenkeel_gateway_waiters") == 1);

    HttpRequest.Builder second = gateway.request(question + 60).GET();
    TestGateway.Answer answer = gateway.send(second);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.errorId()).isEqualTo("EVK-GATEWAY-BUSY");
    assertThat(answer.response().headers().firstValue("Retry-After")).isPresent();
    // Who does not wait is answered all the same.
    assertThat(gateway.get(question + 0).status()).isEqualTo(200);
    first.cancel(true);
  }

  private static void expectRoom() throws Exception {
    Await.until(
        "the room was given back",
        Duration.ofSeconds(30),
        () -> GatewayApiIT.metric(gateway, "evenkeel_gateway_body_bytes") == 0);
  }
}
