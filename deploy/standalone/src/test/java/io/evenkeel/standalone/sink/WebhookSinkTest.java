package io.evenkeel.standalone.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookSinkTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Instant NOW = Instant.ofEpochSecond(1614265330);

  private final HttpClient client = HttpClient.newHttpClient();
  private WebhookSink sink;

  @BeforeEach
  void start() throws Exception {
    sink = WebhookSink.start(0, SECRET, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @AfterEach
  void stop() {
    sink.close();
    client.close();
  }

  @Test
  void shouldComputeThePublishedSignatureWhenGivenThePublishedExample() {
    // The worked example of the scheme's published documentation.
    byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

    assertThat(
            new WebhookSignature(SECRET).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void shouldCountANoticeOnceWhenItIsSentTwice() throws Exception {
    assertThat(send("n1", "{\"status\":\"firing\"}", Trust.SIGNED)).isEqualTo(204);
    assertThat(send("n1", "{\"status\":\"firing\"}", Trust.SIGNED)).isEqualTo(204);
    assertThat(send("n2", "{\"status\":\"resolved\"}", Trust.SIGNED)).isEqualTo(204);

    assertThat(sink.notices())
        .containsExactly(new Notice("n1", "firing", NOW), new Notice("n2", "resolved", NOW));
    assertThat(sink.rejected()).isZero();
  }

  @Test
  void shouldRefuseWhenTheSignatureIsWrongOrOldOrTheBodyIsNoNotice() throws Exception {
    assertThat(send("n1", "{\"status\":\"firing\"}", Trust.FORGED)).isEqualTo(401);
    assertThat(send("n1", "{\"status\":\"firing\"}", Trust.STALE)).isEqualTo(401);
    assertThat(send("n1", "{\"status\":\"on fire\"}", Trust.SIGNED)).isEqualTo(400);
    assertThat(send("n1", "not json", Trust.SIGNED)).isEqualTo(400);
    assertThat(send("n1", "", Trust.SIGNED)).isEqualTo(400);

    assertThat(sink.notices()).isEmpty();
    assertThat(sink.rejected()).isEqualTo(5);
  }

  @Test
  void shouldAcceptWhenOneOfTwoSignaturesIsRight() {
    byte[] body = {1, 2};
    WebhookSignature signature = new WebhookSignature(SECRET);
    String good = signature.sign("n", "1614265330", body);

    assertThat(signature.matches("n", "1614265330", "v1,AAAA " + good, body, NOW)).isTrue();
    assertThat(signature.matches("n", "1614265330", "v1,AAAA", body, NOW)).isFalse();
    assertThat(signature.matches("m", "1614265330", good, body, NOW)).isFalse();
    assertThat(signature.matches("n", "soon", good, body, NOW)).isFalse();
  }

  private enum Trust {
    SIGNED,
    FORGED,
    STALE
  }

  private int send(String id, String body, Trust trust) throws Exception {
    long seconds = NOW.getEpochSecond() - (trust == Trust.STALE ? 301 : 0);
    String timestamp = Long.toString(seconds);
    String signature =
        trust == Trust.FORGED
            ? "v1,AAAA"
            : new WebhookSignature(SECRET)
                .sign(id, timestamp, body.getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(sink.url())
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
