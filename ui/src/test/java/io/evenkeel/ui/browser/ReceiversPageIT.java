package io.evenkeel.ui.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.browser.Browser;
import io.evenkeel.ui.security.Role;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** The page of receivers and routes, as a person uses it; a broker is not there. */
class ReceiversPageIT {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>";
  private static final String FIRST =
      """
      route:
        receiver: team
        routes:
          - matchers: ['severity="critical"']
            receiver: pager
            continue: true
      receivers:
        - name: team
          slack_configs: [{api_url_file: slack-url}]
        - name: pager
      """;
  private static final By TEXT = By.id("config-text");
  private static final By PROBLEMS = By.id("config-problems");
  private static final By SAVE = By.id("config-save");

  @TempDir static Path folder;

  private static Dashboard dashboard;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    dashboard = Dashboard.start(folder);
    browser = dashboard.browser();
    execute(
        "insert into controller.receiver (receiver, url, configured, tested_at, tested_answer, tested_taken)"
            + " values ('team/slack-0a1b', 'https://hooks.example', true, now(), '"
            + HOSTILE
            + "', false)",
        "insert into controller.alert_group"
            + " (group_id, receiver, group_key, group_labels, run, wait_millis, interval_millis)"
            + " values ('g1', 'team/slack-0a1b', '{}', '{}', 'alpha-too-high-1', 0, 0)",
        "insert into controller.batch"
            + " (batch_id, receiver, group_id, status, attempts, last_error, made_at) values"
            + " ('g1-1', 'team/slack-0a1b', 'g1', 'failed', 3, '"
            + HOSTILE
            + "', now())",
        "insert into controller.batch_item values ('g1-1', 'team/slack-0a1b', 'n-1', 'new')",
        "insert into controller.alerts_place values"
            + " (true, false, false, array['slack-url'], 1, now(), '')");
  }

  @AfterAll
  static void stop() throws Exception {
    dashboard.close();
  }

  @BeforeEach
  void oneVersion() throws SQLException {
    browser.size(1440, 1000);
    execute("truncate controller.alerts_config");
    save(1, FIRST, "ada");
  }

  private static void save(int version, String text, String author) throws SQLException {
    execute(
        "insert into controller.alerts_config values (%d, '%s', 'operator', '%s', '', now())"
            .formatted(version, text.replace("'", "''"), author));
  }

  @Test
  void shouldTellEveryErrorWithItsLineWhileItIsTyped() {
    dashboard.logIn(Role.ADMIN);
    dashboard.open("receivers");
    awaitText(FIRST);
    await(PROBLEMS, "in order");
    assertThat(canSave()).as("nothing has changed").isFalse();

    type(FIRST.replace("slack-url", "absent").replace("receiver: pager", "receiver: nobody"));
    await(PROBLEMS, "2 errors");
    assertThat(browser.see(PROBLEMS).getText())
        .contains("Line 5: there is no receiver 'nobody'", "Line 9: ", "it has slack-url");
    assertThat(canSave()).isFalse();

    type(FIRST.replace("api_url_file: slack-url", "api_url: 'https://hooks.example/geheim'"));
    await(PROBLEMS, "must not stand here");
    assertThat(canSave()).isFalse();

    type(FIRST + "# a change\n");
    await(PROBLEMS, "in order");
    browser.await("a save button", page -> canSave());
    browser.script("document.getElementById('config-save').scrollIntoView({block: 'center'});");
    browser.click(SAVE);
    browser.fit(1440);
    await(By.id("requests"), "EVK-KAFKA-UNAVAILABLE");
  }

  @Test
  void shouldNotOverwriteWhatSomebodyElseHasSaved() throws SQLException {
    dashboard.logIn(Role.ADMIN);
    dashboard.open("receivers");
    awaitText(FIRST);
    type(FIRST + "# mine\n");
    browser.await("a save button", page -> canSave());

    save(2, FIRST + "# of bob\n", "bob");

    await(By.id("config-conflict"), "bob has saved version 2");
    assertThat(canSave()).isFalse();
    assertThat(text()).as("what was typed stays").endsWith("# mine\n");
    browser.click(By.id("config-load"));
    awaitText(FIRST + "# of bob\n");
  }

  @Test
  void shouldShowWhatOthersWroteAsText() {
    dashboard.logIn(Role.ADMIN);
    dashboard.open("receivers");
    await(By.id("receivers-grid"), HOSTILE);
    await(By.id("notices-grid"), HOSTILE);
    assertThat(browser.script("return document.querySelectorAll('img[src=\"x\"]').length;"))
        .isEqualTo(0L);
    await(By.id("routes"), "severity=\"critical\"");
    for (String scheme : new String[] {"light", "dark"}) {
      dashboard.picture("receivers-full", scheme, 1440);
    }
  }

  @Test
  void shouldLetAViewerLookAlone() {
    dashboard.logIn(Role.VIEWER);
    dashboard.open("receivers");
    awaitText(FIRST);
    assertThat(browser.see(TEXT).getDomAttribute("readonly")).isNotNull();
    assertThat(browser.driver().findElements(By.cssSelector("[data-test], [data-replay]")))
        .isEmpty();
    assertThat(
            browser.script(
                "const s = document.getElementById('config-save'); return !s || s.offsetParent === null;"))
        .isEqualTo(true);
  }

  private static void type(String text) {
    browser.script(
        "const a = document.getElementById('config-text'); a.focus(); a.value = arguments[0];"
            + "a.dispatchEvent(new Event('input', {bubbles: true}));",
        text);
  }

  private static boolean canSave() {
    return browser.see(SAVE).getDomAttribute("disabled") == null;
  }

  private static String text() {
    return String.valueOf(browser.script("return document.getElementById('config-text').value;"));
  }

  private static void awaitText(String wanted) {
    browser.see(TEXT);
    browser.await("the text", page -> text().equals(wanted));
  }

  private static void await(By what, String words) {
    browser.see(what);
    browser.await(words, page -> browser.see(what).getText().contains(words));
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = dashboard.database().connect();
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
