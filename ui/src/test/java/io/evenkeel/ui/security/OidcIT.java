package io.evenkeel.ui.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.ui.TestApplication;
import io.evenkeel.ui.WriterDatabase;
import io.evenkeel.ui.security.IdentityProvider.Signature;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Single sign-on with a provider that signs its tokens, over HTTP. */
class OidcIT {
  @TempDir static Path folder;

  private static WriterDatabase database;
  private static IdentityProvider provider;
  private static TestApplication dashboard;

  @BeforeAll
  static void start() throws Exception {
    database = WriterDatabase.startEmpty(folder.resolve("db"));
    provider = new IdentityProvider();
    dashboard =
        TestApplication.start(
            database,
            "127.0.0.1:1",
            "--evenkeel.ui.admin-password=correct horse battery",
            "--evenkeel.ui.oidc-issuer=" + provider.issuer(),
            "--evenkeel.ui.oidc-client-id=" + IdentityProvider.CLIENT,
            "--evenkeel.ui.oidc-client-secret=" + IdentityProvider.SECRET,
            "--evenkeel.ui.oidc-role-claim=groups");
  }

  @AfterAll
  static void stop() throws Exception {
    dashboard.close();
    provider.close();
    database.close();
  }

  @Test
  void shouldLetAPersonInUnderANameOfItsOwnWhenTheClaimNamesARole() throws Exception {
    HttpClient browser = browser();
    HttpResponse<String> page =
        come(
            browser,
            Signature.OWN,
            Map.of("sub", "1", "preferred_username", "admin", "groups", List.of("x", "operator")));

    assertThat(page.uri().getPath()).isNotEqualTo("/login");
    assertThat(isIn(browser)).isTrue();
    // Not the dashboard's own admin, whatever the provider calls this person.
    String did = dashboard.get("/api/v1/activity").response().body();
    assertThat(did).contains("\"actor\":\"oidc:admin\"").contains("Single sign-on.");
  }

  @Test
  void shouldLetNobodyInWhenNoRoleIsNamedOrSomebodyElseSigned() throws Exception {
    HttpClient stranger = browser();
    HttpResponse<String> page =
        come(
            stranger,
            Signature.OWN,
            Map.of("sub", "2", "preferred_username", "eve", "groups", List.of("administrators")));
    assertThat(page.uri().toString()).endsWith("/login?error");
    assertThat(isIn(stranger)).isFalse();

    HttpClient forger = browser();
    page =
        come(
            forger,
            Signature.FOREIGN,
            Map.of("sub", "3", "preferred_username", "mallory", "groups", List.of("admin")));
    assertThat(page.uri().toString()).endsWith("/login?error");
    assertThat(isIn(forger)).isFalse();
  }

  private static HttpResponse<String> come(
      HttpClient browser, Signature signature, Map<String, Object> claims) throws Exception {
    provider.person(signature, claims);
    return dashboard.page(browser, "/" + OidcLogin.START);
  }

  // Redirects are followed: a stranger ends at the login page.
  private static boolean isIn(HttpClient browser) throws Exception {
    return dashboard.page(browser, "/runs").uri().getPath().equals("/runs");
  }

  private static HttpClient browser() {
    return HttpClient.newBuilder()
        .cookieHandler(new CookieManager())
        .followRedirects(HttpClient.Redirect.NORMAL)
        .build();
  }
}
