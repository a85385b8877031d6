package io.evenkeel.ui;

import io.evenkeel.ui.app.UiApplication;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole dashboard, over HTTP. */
public final class TestApplication implements AutoCloseable {
  /** The environment's token. */
  public static final String ADMIN_TOKEN = "a-token-of-the-environment-for-tests";

  private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" content=\"([^\"]+)\"");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final ServletWebServerApplicationContext application;
  private final HttpClient http = HttpClient.newHttpClient();

  private TestApplication(ServletWebServerApplicationContext application) {
    this.application = application;
  }

  /** Starts it on a database, with a broker's address, and settings of its own. */
  public static TestApplication start(
      WriterDatabase database, String bootstrap, String... settings) {
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
    return new TestApplication(
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

  /** A page, as a browser with its cookies gets it. */
  public HttpResponse<String> page(HttpClient browser, String path) throws Exception {
    return browser.send(
        HttpRequest.newBuilder(uri(path)).header("accept", "text/html").build(),
        BodyHandlers.ofString());
  }

  /**
   * Logs in through the form, with the token of its page.
   *
   * @return where the answer sends to
   */
  public String logIn(HttpClient browser, String user, String password) throws Exception {
    Matcher csrf = CSRF.matcher(page(browser, "/login").body());
    if (!csrf.find()) {
      throw new AssertionError("the login page has no token");
    }
    String form =
        "username=" + encoded(user) + "&password=" + encoded(password) + "&_csrf=" + csrf.group(1);
    HttpResponse<String> answer =
        browser.send(
            HttpRequest.newBuilder(uri("/login"))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build(),
            BodyHandlers.ofString());
    return answer.headers().firstValue("location").orElse("");
  }

  /** Whether a browser is logged in. */
  public boolean isIn(HttpClient browser) throws Exception {
    return page(browser, "/runs").statusCode() == 200;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
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
