package io.evenkeel.bench.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class ListenerTest {
  private final HttpClient http = HttpClient.newHttpClient();

  private String get(String url) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .body();
  }

  private void tell(URI url, String run, String status) throws Exception {
    String body =
        "{\"alerts\":[{\"status\":\"%s\",\"labels\":{\"run\":\"%s\"}}]}".formatted(status, run);
    HttpRequest request = HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(body)).build();
    assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
  }

  @Test
  void shouldShowAConditionUntilAlertmanagerHasToldOfIt() throws Exception {
    try (Listener listener = new Listener()) {
      String metrics = "http://" + listener.address() + "/metrics";
      listener.holds("a");
      listener.holds("b");
      assertThat(get(metrics)).contains("{run=\"a\"} 1", "{run=\"b\"} 1");
      tell(listener.evenkeel(), "a", "firing");
      tell(listener.alertmanager(), "b", "firing");
      assertThat(listener.ours()).containsOnlyKeys("a");
      assertThat(listener.alertmanagers()).containsOnlyKeys("b");
      assertThat(get(metrics)).contains("{run=\"a\"} 1").doesNotContain("\"b\"");
    }
  }

  @Test
  void shouldKeepTheFirstMomentAndNoneOfWhatIsOver() throws Exception {
    try (Listener listener = new Listener()) {
      tell(listener.evenkeel(), "a", "resolved");
      assertThat(listener.ours()).isEmpty();
      tell(listener.evenkeel(), "a", "firing");
      Long first = listener.ours().get("a");
      tell(listener.evenkeel(), "a", "firing");
      assertThat(listener.ours()).containsEntry("a", first);
    }
  }
}
