package io.evenkeel.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The gateway as an outside trainer sees it: URLs, a token, bytes. */
final class GatewayClient {
  static final String JSON = "application/json";
  static final String NDJSON = "application/x-ndjson";
  static final String PROTOBUF = "application/x-protobuf";

  private static final Duration LIMIT = Duration.ofSeconds(75);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI base;
  private final String token;

  GatewayClient(URI base, String token) {
    this.base = base;
    this.token = token;
  }

  /** What came back. */
  record Answer(int status, String body) {
    JsonNode json() throws IOException {
      return MAPPER.readTree(body);
    }
  }

  /** Posts bytes. */
  Answer post(String path, String contentType, byte[] body)
      throws IOException, InterruptedException {
    return send(
        request(path).header("Content-Type", contentType).POST(BodyPublishers.ofByteArray(body)));
  }

  /** Posts JSON. */
  Answer post(String path, String json) throws IOException, InterruptedException {
    return post(path, JSON, json.getBytes(StandardCharsets.UTF_8));
  }

  /** Asks; a long poll may take its time. */
  Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(LIMIT)
        .header("Authorization", "Bearer " + token);
  }

  private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    return new Answer(response.statusCode(), response.body());
  }
}
