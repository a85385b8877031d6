package io.evenkeel.ui.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.ui.SampleRun;
import io.evenkeel.ui.TestApplication;
import io.evenkeel.ui.TestApplication.Answer;
import io.evenkeel.ui.WriterDatabase;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/**
 * Every method of the API, asked by nobody and by each role. A new method fails here until somebody
 * has said in {@code openapi-ui.yaml} which role it needs.
 */
class RolesIT {
  @TempDir static Path folder;

  private static WriterDatabase database;
  private static TestApplication dashboard;
  private static final Map<Role, String> TOKENS = new EnumMap<>(Role.class);

  @BeforeAll
  static void start() throws Exception {
    database = WriterDatabase.start(folder.resolve("db"));
    try (Connection connection = database.connect()) {
      new SampleRun(connection, "r-1", "a run", 2, 8, 2, Instant.now()).steps(0, 5);
    }
    dashboard =
        TestApplication.start(
            database, "127.0.0.1:1", "--evenkeel.ui.api-requests-per-second=1000");
    for (Role role : Role.values()) {
      String name = role.name().toLowerCase(Locale.ROOT);
      TOKENS.put(role, token(name, "\"role\":\"" + name + "\""));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    dashboard.close();
    database.close();
  }

  @Test
  void shouldDescribeEveryMethodWithItsRole() throws Exception {
    assertThat(described()).isEqualTo(mapped());
  }

  @Test
  void shouldAnswerEachMethodToItsRolesAlone() throws Exception {
    for (Map.Entry<String, String> entry : mapped().entrySet()) {
      String method = entry.getKey().split(" ", 2)[0];
      String path =
          entry.getKey().split(" ", 2)[1].replace("{run}", "r-1").replaceAll("\\{[a-z]+}", "none");
      Role least = Role.valueOf(entry.getValue().toUpperCase(Locale.ROOT));

      Answer stranger = dashboard.ask(method, path, "", "");
      assertThat(stranger.status()).as(entry.getKey()).isEqualTo(401);
      assertThat(stranger.errorId()).isEqualTo("EVK-API-TOKEN");
      for (Role role : Role.values()) {
        Answer answer = dashboard.ask(method, path, TOKENS.get(role), "");
        if (role.compareTo(least) < 0) {
          assertThat(answer.status()).as(entry.getKey() + " by " + role).isEqualTo(403);
          assertThat(answer.errorId()).isEqualTo("EVK-ACCESS-ROLE");
        } else {
          assertThat(answer.status())
              .as(entry.getKey() + " by " + role + " " + answer.response().body())
              .isNotIn(401, 403, 405, 429, 500);
          if (answer.status() >= 400) {
            assertThat(answer.errorId()).as(entry.getKey()).startsWith("EVK-");
          }
        }
      }
    }
  }

  @Test
  void shouldTellTheDescriptionToEverybody() throws Exception {
    Answer answer = dashboard.ask("GET", "/api/v1/openapi", "", "");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("openapi").stringValue()).startsWith("3.");
  }

  @Test
  void shouldRefuseARevokedTokenAtOnceAndKeepNoSecret() throws Exception {
    String secret = token("short-lived", "\"role\":\"viewer\",\"days\":1");
    assertThat(dashboard.ask("GET", "/api/v1/me", secret, "").json().path("name").stringValue())
        .isEqualTo("token:short-lived");
    assertThat(
            dashboard
                .ask("DELETE", "/api/v1/tokens/short-lived", TestApplication.ADMIN_TOKEN, "")
                .status())
        .isEqualTo(204);
    assertThat(dashboard.ask("GET", "/api/v1/me", secret, "").status()).isEqualTo(401);
    assertThat(
            dashboard
                .post("/api/v1/tokens", "{\"name\":\"short-lived\",\"role\":\"viewer\"}")
                .errorId())
        .isEqualTo("EVK-ACCOUNT-EXISTS");
    try (Connection connection = database.connect();
        var rows =
            connection.createStatement().executeQuery("select t::text from dashboard.token t")) {
      while (rows.next()) {
        assertThat(rows.getString(1)).doesNotContain(secret).doesNotContain("evk_");
      }
    }
    JsonNode did = dashboard.get("/api/v1/activity").json().path("items");
    assertThat(did.toString()).contains("token.create").contains("token.revoke");
    assertThat(did.toString()).doesNotContain(secret);
  }

  private static String token(String name, String fields) throws Exception {
    Answer made = dashboard.post("/api/v1/tokens", "{\"name\":\"" + name + "\"," + fields + "}");
    assertThat(made.status()).as(made.response().body()).isEqualTo(201);
    return made.json().path("secret").stringValue();
  }

  private static Map<String, String> described() throws Exception {
    Map<String, String> methods = new TreeMap<>();
    JsonNode paths = dashboard.ask("GET", "/api/v1/openapi", "", "").json().path("paths");
    for (String path : paths.propertyNames()) {
      for (String method : paths.path(path).propertyNames()) {
        if (!path.equals(OpenApiController.PATH) && !method.equals("parameters")) {
          methods.put(
              method.toUpperCase(Locale.ROOT) + " " + path,
              paths.path(path).path(method).path("x-role").asString(""));
        }
      }
    }
    return methods;
  }

  private static Map<String, String> mapped() {
    Map<String, String> methods = new TreeMap<>();
    dashboard
        .bean(RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .forEach(
            (mapping, handler) -> {
              Needs needs = handler.getMethodAnnotation(Needs.class);
              for (String path : mapping.getPatternValues()) {
                if (path.startsWith("/api/")
                    && !path.equals("/api/**")
                    && !path.equals(OpenApiController.PATH)) {
                  mapping
                      .getMethodsCondition()
                      .getMethods()
                      .forEach(
                          method ->
                              methods.put(
                                  method + " " + path,
                                  needs == null
                                      ? "none"
                                      : needs.value().name().toLowerCase(Locale.ROOT)));
                }
              }
            });
    return methods;
  }
}
