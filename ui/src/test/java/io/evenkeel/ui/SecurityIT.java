package io.evenkeel.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.ui.app.UiApplication;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** The whole application, with neither database nor broker, over HTTP. */
class SecurityIT {
  private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" content=\"([^\"]+)\"");

  private static ServletWebServerApplicationContext application;

  @BeforeAll
  static void start() {
    application =
        (ServletWebServerApplicationContext)
            SpringApplication.run(
                UiApplication.class,
                "--server.port=0",
                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
                "--evenkeel.ui.kafka-bootstrap=127.0.0.1:1",
                "--evenkeel.ui.admin-password=correct horse");
  }

  @AfterAll
  static void stop() {
    application.close();
  }

  @Test
  void shouldSendToTheLoginPageWhenNobodyIsLoggedIn() throws Exception {
    for (String page :
        new String[] {
          "/", "/runs", "/runs/x", "/control", "/alerts", "/receivers", "/audit", "/health"
        }) {
      HttpResponse<String> answer = get(client(), page);
      assertThat(answer.statusCode()).as(page).isEqualTo(302);
      assertThat(answer.headers().firstValue("location"))
          .hasValueSatisfying(to -> assertThat(to).endsWith("/login"));
    }
  }

  @Test
  void shouldServeTheLoginPageWithItsHeadersWhenTheDatabaseIsAway() throws Exception {
    HttpResponse<String> answer = get(client(), "/login");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-security-policy"))
        .hasValueSatisfying(
            policy ->
                assertThat(policy)
                    .contains("frame-ancestors 'none'")
                    .contains("object-src 'none'"));
    assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(answer.headers().firstValue("referrer-policy")).hasValue("same-origin");
  }

  @Test
  void shouldLogInAndGiveTheSessionANewIdWhenThePasswordIsRight() throws Exception {
    var cookies = new CookieManager();
    HttpClient client = HttpClient.newBuilder().cookieHandler(cookies).build();
    HttpResponse<String> page = get(client, "/login");
    String before = session(cookies);

    HttpResponse<String> answer = logIn(client, csrf(page), "admin", "correct horse");

    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("location").orElseThrow()).doesNotContain("error");
    assertThat(session(cookies)).isNotEqualTo(before);
    assertThat(get(client, "/runs").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldRefuseWhenThePasswordIsWrong() throws Exception {
    HttpClient client = client();
    HttpResponse<String> page = get(client, "/login");

    assertThat(
            logIn(client, csrf(page), "admin", "wrong")
                .headers()
                .firstValue("location")
                .orElseThrow())
        .contains("error");
    assertThat(get(client, "/runs").statusCode()).isEqualTo(302);
  }

  @Test
  void shouldRefuseAPostWithoutTokenWhenSomebodyIsLoggedIn() throws Exception {
    HttpClient client = client();
    logIn(client, csrf(get(client, "/login")), "admin", "correct horse");

    HttpResponse<String> forged =
        client.send(
            HttpRequest.newBuilder(uri("/logout")).POST(BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());

    assertThat(forged.statusCode()).isEqualTo(403);
    assertThat(get(client, "/runs").statusCode()).isEqualTo(200);
  }

  private static HttpClient client() {
    return HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
  }

  private static HttpResponse<String> get(HttpClient client, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(path)).header("accept", "text/html").build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> logIn(
      HttpClient client, String csrf, String user, String password) throws Exception {
    String form = "username=" + user + "&password=" + password.replace(" ", "+") + "&_csrf=" + csrf;
    return client.send(
        HttpRequest.newBuilder(uri("/login"))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  private static String csrf(HttpResponse<String> page) {
    Matcher token = CSRF.matcher(page.body());
    assertThat(token.find()).isTrue();
    return token.group(1);
  }

  private static String session(CookieManager cookies) {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals("JSESSIONID"))
        .map(HttpCookie::getValue)
        .findFirst()
        .orElse("");
  }

  private static URI uri(String path) {
    return URI.create("http://localhost:" + application.getWebServer().getPort() + path);
  }
}
