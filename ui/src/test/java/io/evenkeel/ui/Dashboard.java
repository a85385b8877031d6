package io.evenkeel.ui;

import io.evenkeel.ui.app.UiApplication;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole dashboard, over HTTP. */
public final class Dashboard implements AutoCloseable {
  /** The environment's token. */
  public static final String ADMIN_TOKEN = "a-token-of-the-environment-for-tests";

  private static final JsonMapper JSON = JsonMapper.shared();

  private final ServletWebServerApplicationContext application;
  private final HttpClient http = HttpClient.newHttpClient();

  private Dashboard(ServletWebServerApplicationContext application) {
    this.application = application;
  }

  /** Starts it on a database, with a broker's address, and settings of its own. */
  public static Dashboard start(WriterDatabase database, String bootstrap, String... settings) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=" + database.user(),
                "--spring.datasource.password=" + database.password(),
                "--evenkeel.ui.kafka-bootstrap=" + bootstrap,
                "--evenkeel.ui.api-token=" + ADMIN_TOKEN));
    arguments.addAll(List.of(settings));
    return new Dashboard(
        (ServletWebServerApplicationContext)
            SpringApplication.run(UiApplication.class, arguments.toArray(String[]::new)));
  }

  /** A bean. */
  public <T> T bean(Class<T> type) {
    return application.getBean(type);
  }

  /** The address of a path. */
  public URI uri(String path) {
    return URI.create("http://localhost:" + application.getWebServer().getPort() + path);
  }

  /** A browser without cookies yet. */
  public static HttpClient browser() {
    return HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
  }

  /**
   * Asks the API.
   *
   * @param token empty for none
   * @param body empty for none
   */
  public Answer ask(String method, String path, String token, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .header("content-type", "application/json");
    if (!token.isEmpty()) {
      request.header("authorization", "Bearer " + token);
    }
    return new Answer(http.send(request.build(), BodyHandlers.ofString()));
  }

  /** Reads as admin. */
  public Answer get(String path) throws Exception {
    return ask("GET", path, ADMIN_TOKEN, "");
  }

  /** Asks as admin. */
  public Answer post(String path, String body) throws Exception {
    return ask("POST", path, ADMIN_TOKEN, body);
  }

  /** What came back. */
  public record Answer(HttpResponse<String> response) {
    /** HTTP status. */
    public int status() {
      return response.statusCode();
    }

    /** The body read as JSON. */
    public JsonNode json() {
      return JSON.readTree(response.body());
    }

    /** The error's id; empty if it is no problem. */
    public String errorId() {
      return response.headers().firstValue("content-type").orElse("").contains("problem+json")
          ? json().path("errorId").asString("")
          : "";
    }
  }

  @Override
  public void close() {
    application.close();
    http.close();
  }
}
