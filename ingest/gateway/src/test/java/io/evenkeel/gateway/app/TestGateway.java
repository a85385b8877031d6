package io.evenkeel.gateway.app;

import io.evenkeel.gateway.Await;
import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.gateway.token.RunPattern;
import io.evenkeel.gateway.token.TokenFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway in this process, with a token for all runs, and a client. */
public final class TestGateway implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final ConfigurableApplicationContext context;
  private final TokenFile tokens;
  private final String token;
  private final String base;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** What came back. */
  public record Answer(int status, String text, HttpResponse<byte[]> response) {

    /** As JSON. */
    public JsonNode json() {
      return JSON.readTree(text);
    }

    /** The id of the error. */
    public String errorId() {
      return json().path("errorId").asString("");
    }
  }

  /** Starts it over a broker, which need not be there. */
  public TestGateway(Path data, String bootstrap, Limits limits) throws IOException {
    this(data, bootstrap, limits, 0);
  }

  /** Starts it at a port; 0: at any. */
  TestGateway(Path data, String bootstrap, Limits limits, int port) throws IOException {
    tokens = new TokenFile(data.resolve("gateway").resolve("tokens.json"));
    token = tokens.create("all", new RunPattern("*"), Instant.EPOCH, null).secret();
    context =
        GatewayMain.start(
            new GatewayConfig(bootstrap, port, "127.0.0.1", data, tokens.path(), limits));
    base = "http://127.0.0.1:" + Files.readString(data.resolve("gateway").resolve("port")).strip();
  }

  /** The token for all runs. */
  public String token() {
    return token;
  }

  /** The file of tokens. */
  public TokenFile tokens() {
    return tokens;
  }

  /** Address without path. */
  public String base() {
    return base;
  }

  /** Waits until it says that it is ready. */
  public void awaitReady() throws Exception {
    Await.until(
        "ready", Duration.ofSeconds(60), () -> get("/actuator/health/readiness").status() == 200);
  }

  /** A request with the token. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(Duration.ofSeconds(90))
        .header("Authorization", "Bearer " + token);
  }

  /** Posts bytes. */
  public Answer post(String path, String contentType, byte[] body) throws Exception {
    return send(
        request(path)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /** Posts text. */
  public Answer post(String path, String contentType, String body) throws Exception {
    return post(path, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Gets. */
  public Answer get(String path) throws Exception {
    return send(request(path).GET());
  }

  /** Sends a request. */
  public Answer send(HttpRequest.Builder request) throws Exception {
    HttpResponse<byte[]> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(
        response.statusCode(), new String(response.body(), StandardCharsets.UTF_8), response);
  }

  /** What it is made of. */
  ConfigurableApplicationContext context() {
    return context;
  }

  /** The client. */
  public HttpClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
    context.close();
  }
}
