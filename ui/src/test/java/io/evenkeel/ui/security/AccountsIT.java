package io.evenkeel.ui.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.TestApplication;
import io.evenkeel.ui.TestApplication.Answer;
import io.evenkeel.ui.WriterDatabase;
import io.evenkeel.ui.problem.Refusal;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** Accounts, logins and sessions over HTTP, with a real database. */
class AccountsIT {
  private static final String KAFKA = "127.0.0.1:1";
  private static final String PASSWORD = "correct horse battery";
  private static final Pattern SCRIPT = Pattern.compile("<script([^>]*)>");

  @TempDir static Path folder;

  private static WriterDatabase database;
  private static TestApplication dashboard;

  @BeforeAll
  static void start() throws Exception {
    database = WriterDatabase.start(folder.resolve("db"));
    dashboard = TestApplication.start(database, KAFKA, "--evenkeel.ui.admin-password=" + PASSWORD);
  }

  @AfterAll
  static void stop() throws Exception {
    dashboard.close();
    database.close();
  }

  @AfterEach
  void logOut() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void shouldEndSessionsWhenAnAccountIsDisabledOrGetsAnotherRole() throws Exception {
    String password = create("grace", "operator");
    HttpClient browser = TestApplication.browser();
    dashboard.logIn(browser, "grace", password);
    assertThat(dashboard.isIn(browser)).isTrue();

    assertThat(patch("grace", "{\"role\":\"viewer\"}").json().path("role").stringValue())
        .isEqualTo("viewer");
    assertThat(dashboard.isIn(browser)).isFalse();
    dashboard.logIn(browser, "grace", password);
    assertThat(dashboard.isIn(browser)).isTrue();

    patch("grace", "{\"state\":\"disabled\"}");
    assertThat(dashboard.isIn(browser)).isFalse();
    assertThat(dashboard.logIn(browser, "grace", password)).contains("error");
    patch("grace", "{\"state\":\"enabled\"}");
    assertThat(dashboard.logIn(browser, "grace", password)).doesNotContain("error");
  }

  @Test
  void shouldRefuseAPasswordThatIsWeakOrNotOnesOwn() throws Exception {
    String password = create("henry", "viewer");
    as("henry", Role.VIEWER);
    Accounts accounts = dashboard.bean(Accounts.class);
    for (String weak :
        List.of("short", "aaaaaaaaaaaaaaaa", "i am henry the 8th", "x".repeat(73), password)) {
      assertThatThrownBy(() -> accounts.changeOwnPassword(password, weak, ""))
          .isInstanceOfSatisfying(
              Refusal.class,
              refusal -> assertThat(refusal.errorId()).isEqualTo(ErrorId.ACCOUNT_INVALID));
    }
    assertThatThrownBy(() -> accounts.changeOwnPassword("not mine", "a fine new password", ""))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.errorId()).isEqualTo(ErrorId.LOGIN_REFUSED));
  }

  @Test
  void shouldKeepTheLastAdmin() throws Exception {
    for (String change : List.of("{\"role\":\"viewer\"}", "{\"state\":\"disabled\"}")) {
      Answer answer = patch("admin", change);
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.errorId()).isEqualTo("EVK-ACCOUNT-LAST-ADMIN");
    }
    assertThat(dashboard.get("/api/v1/users").json().toString())
        .doesNotContain("bcrypt")
        .doesNotContain("$2");
  }

  @Test
  void shouldSayTheSameOfUnknownNamesAndWrongPasswordsWhenSomebodyGuesses() throws Exception {
    create("ivy", "viewer");
    List<String> known = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (int i = 0; i <= Lockout.FREE_OF_A_NAME; i++) {
      known.add(guess("ivy"));
      unknown.add(guess("<script>alert(1)</script>"));
    }
    assertThat(known).isEqualTo(unknown);
    assertThat(known.get(0)).isEqualTo("error");
    assertThat(known.get(Lockout.FREE_OF_A_NAME)).isEqualTo("wait");

    assertThat(dashboard.get("/api/v1/activity").response().body())
        .contains("<script>alert(1)</script>")
        .contains("EVK-LOGIN-REFUSED");
    // Those of this address wait too; the tests after this one do not.
    dashboard.bean(Lockout.class).succeeded("ivy", "127.0.0.1");
  }

  @Test
  void shouldOpenTheApiToNoCookie() throws Exception {
    HttpClient browser = TestApplication.browser();
    dashboard.logIn(browser, "admin", PASSWORD);
    assertThat(dashboard.isIn(browser)).isTrue();
    HttpResponse<String> answer = dashboard.page(browser, "/api/v1/users");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("EVK-API-TOKEN");
  }

  @Test
  void shouldLetOnlyScriptsWithTheNonceOfTheAnswerRun() throws Exception {
    HttpClient browser = TestApplication.browser();
    HttpResponse<String> page = dashboard.page(browser, "/login");
    String policy = page.headers().allValues("content-security-policy").toString();
    assertThat(page.headers().allValues("content-security-policy")).hasSize(1);
    Matcher nonce = Pattern.compile("script-src [^;]*'nonce-([^']+)'").matcher(policy);
    assertThat(nonce.find()).as(policy).isTrue();
    assertThat(policy.replaceAll(".*(script-src[^;]*);.*", "$1")).doesNotContain("unsafe-inline");
    Matcher scripts = SCRIPT.matcher(page.body());
    int count = 0;
    while (scripts.find()) {
      count++;
      assertThat(scripts.group(1)).contains("nonce=\"" + nonce.group(1) + "\"");
    }
    assertThat(count).isPositive();
    assertThat(dashboard.page(browser, "/login").headers().allValues("content-security-policy"))
        .doesNotHaveToString(policy);
    String asset =
        dashboard
            .page(browser, "/evenkeel.css")
            .headers()
            .firstValue("content-security-policy")
            .orElseThrow();
    assertThat(asset).doesNotContain("unsafe-eval").contains("script-src 'self';");
  }

  private static String guess(String name) throws Exception {
    String to = dashboard.logIn(TestApplication.browser(), name, "guess");
    return to.replaceAll(".*[?]([a-z]+).*", "$1");
  }

  private static String create(String name, String role) throws Exception {
    Answer made =
        dashboard.post("/api/v1/users", "{\"name\":\"" + name + "\",\"role\":\"" + role + "\"}");
    assertThat(made.status()).as(made.response().body()).isEqualTo(201);
    return made.json().path("secret").stringValue();
  }

  private static Answer patch(String name, String body) throws Exception {
    return dashboard.ask("PATCH", "/api/v1/users/" + name, TestApplication.ADMIN_TOKEN, body);
  }

  private static void as(String name, Role role) {
    SecurityContextHolder.getContext()
        .setAuthentication(
            UsernamePasswordAuthenticationToken.authenticated(
                name,
                null,
                List.of(
                    new SimpleGrantedAuthority("ROLE_" + role.name().toUpperCase(Locale.ROOT)))));
  }
}
