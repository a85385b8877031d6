package io.evenkeel.ui.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.browser.Browser;
import io.evenkeel.ui.security.Role;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** Control and audit in a real browser, on the sample runs and without a broker. */
class SteeringPagesIT {
  private static final String RUN = "alpha-too-high-1";

  @TempDir static Path folder;

  private static Dashboard dashboard;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    dashboard = Dashboard.start(folder);
    browser = dashboard.browser();
  }

  @AfterAll
  static void stop() throws Exception {
    dashboard.close();
  }

  @Test
  void shouldAskForAWordWhenTheKillSwitchIsPulled() {
    dashboard.logIn(Role.OPERATOR);
    dashboard.open("control/" + RUN);

    browser.click(By.id("kill-switch"));
    browser.see(By.cssSelector(".confirm-word"));
    assertThat(browser.see(By.cssSelector(".confirm-deed")).getAttribute("disabled")).isNotNull();
    browser.type(By.cssSelector(".confirm-word input"), "stop");
    browser.await(
        "a deed that may be done",
        page -> browser.see(By.cssSelector(".confirm-deed")).getAttribute("disabled") == null);
    browser.click(By.cssSelector(".confirm-deed"));
    browser.await("the request", page -> text(By.id("requests")).contains("kill switch"));
  }

  @Test
  void shouldShowAProposalWithItsTime() {
    dashboard.logIn(Role.OPERATOR);
    dashboard.open("control/" + RUN);

    browser.see(By.cssSelector("[data-proposal='p-1']"));
    assertThat(text(By.cssSelector("[data-proposal='p-1']")))
        .contains("adam.epsilon", "Expires in", "policy:epsilon");
  }

  @Test
  void shouldRestoreTheFilterFromTheAddressAndExportWhatItShows() {
    dashboard.logIn(Role.VIEWER);
    dashboard.open("audit?decision=blocked");
    browser.await("one line", page -> text(By.id("audit")).contains("let mu decay"));
    assertThat(text(By.id("audit"))).doesNotContain("bring it down by ten");

    browser.type(By.cssSelector("#audit-text input"), "nothing says this");
    browser.await("an address", page -> browser.address().contains("text=nothing"));
    browser.await("no line", page -> text(By.id("audit")).contains("Nothing matches"));
    browser.click(By.id("audit-clear"));
    browser.await("all lines", page -> text(By.id("audit")).contains("bring it down by ten"));

    browser.script(
        "fetch(document.getElementById('audit-csv').href).then(r => r.text()).then(t => { window.exported = t; })");
    String csv =
        browser.await("an export", page -> (String) browser.script("return window.exported"));
    assertThat(csv).startsWith("at,run,incarnation").contains("let mu decay").contains("limit");
  }

  private static String text(By place) {
    return browser.see(place).getText();
  }
}
