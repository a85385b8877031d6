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
import org.openqa.selenium.Keys;
import org.openqa.selenium.SearchContext;
import org.openqa.selenium.WebElement;

/** Control, alerts, audit and rules in a real browser, on the sample runs and without a broker. */
class SteeringPagesIT {
  private static final String RUN = "alpha-too-high-1";
  private static final String ALPHA = "knob-field-load_balance.alpha";

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

  @Test
  void shouldSayWhatTheGuardWillSayBeforeAnythingIsSent() {
    dashboard.logIn(Role.OPERATOR);
    dashboard.open("control/" + RUN);
    By preview = By.id("knob-preview-load_balance.alpha");

    browser.type(By.cssSelector("[id='" + ALPHA + "'] input"), "0.9");
    browser.await("a refusal", page -> text(preview).contains("EVK-KNOB-FACTOR"));
    assertThat(text(preview)).contains("will be refused").contains("Use 0.02");
    browser.click(By.cssSelector("#knob-preview-load_balance\\.alpha vaadin-button"));
    browser.await("a yes", page -> text(preview).contains("will be allowed"));

    // Kafka is away: what is asked for is said to have failed, and nothing pretends otherwise.
    browser.click(By.id("knob-set-load_balance.alpha"));
    browser.see(By.cssSelector(".request[data-state='failed']"));
    assertThat(text(By.id("requests"))).contains("EVK-KAFKA-UNAVAILABLE");
  }

  @Test
  void shouldOnlyLookWhenTheRoleIsViewer() {
    dashboard.logIn(Role.VIEWER);
    dashboard.open("control/" + RUN);
    assertThat(browser.see(By.id("kill-switch")).getAttribute("disabled")).isNotNull();
    assertThat(browser.see(By.id(ALPHA)).getAttribute("disabled")).isNotNull();
    assertThat(browser.see(By.cssSelector(".approve")).getAttribute("disabled")).isNotNull();

    dashboard.open("rules?rule=loss-spike");
    browser.see(By.id("rule-save"));
    assertThat(browser.see(By.id("rule-save")).getAttribute("disabled")).isNotNull();
    assertThat(text(By.id("rule-outcome"))).contains("operator");
  }

  @Test
  void shouldCheckARuleAsItIsTypedAndDrawWhereItWouldHaveFired() {
    dashboard.logIn(Role.OPERATOR);
    dashboard.open("rules");
    browser.click(By.id("rule-new"));
    browser.type(By.cssSelector("#rule-field-rule input"), "tried");
    type("los > 0.0");
    browser.await("an error", page -> text(By.id("rule-problems")).contains("did you mean 'loss'"));
    browser.await(
        "a mark", page -> !editor().findElements(By.cssSelector(".cm-lintRange-error")).isEmpty());

    type("loss > 0.0");
    browser.await("no error", page -> text(By.id("rule-verdict")).contains("The job takes"));
    browser.click(By.id("backtest-start"));
    browser.await("hits", page -> text(By.id("backtest-state")).contains("It would have fired"));
    browser.see(By.id("backtest-hits"));

    // Completion knows the names of a layer.
    type("layers.exists(l, l.max_vi");
    browser.await(
        "a completion",
        page ->
            editor().findElements(By.cssSelector(".cm-tooltip-autocomplete")).stream()
                .anyMatch(list -> list.getText().contains("max_violation")));
    assertThat(text(By.id("rule-reach"))).contains("EVK-KAFKA-UNAVAILABLE");
  }

  @Test
  void shouldLetOnlyAnAdminStopAllRunsAndAskForAWord() {
    dashboard.logIn(Role.OPERATOR);
    dashboard.open("control");
    browser.await("all runs", page -> text(By.id("kill-all-state")).contains("goes on"));
    assertThat(browser.driver().findElements(By.id("kill-all-pull"))).isEmpty();

    dashboard.logIn(Role.ADMIN);
    dashboard.open("control");
    browser.click(By.id("kill-all-pull"));
    browser.type(By.cssSelector(".confirm-word input"), "stop");
    assertThat(browser.see(By.cssSelector(".confirm-deed")).getAttribute("disabled")).isNotNull();
    browser.type(By.cssSelector(".confirm-word input"), "stop all");
    browser.click(By.cssSelector(".confirm-deed:not([disabled])"));
    // Kafka is away: what is asked for is said to have failed, and nothing pretends otherwise.
    browser.await(
        "a failure", page -> text(By.id("kill-all-requests")).contains("EVK-KAFKA-UNAVAILABLE"));
  }

  @Test
  void shouldShowTheAlertsOfTheRunAloneAndLeadToTheRunbook() {
    dashboard.logIn(Role.OPERATOR);
    dashboard.open("runs/" + RUN + "?tab=alerts");
    browser.click(By.cssSelector("#alerts-open [data-rule='epsilon-over-rms']"));
    browser.await("the alert", page -> text(By.id("alert-title")).contains("epsilon-over-rms"));
    browser.await("its address", page -> browser.address().contains("alert="));
    assertThat(browser.address()).contains("runs/" + RUN, "tab=alerts").doesNotContain("run=");
    browser.open(browser.address());
    browser.await("the alert again", page -> text(By.id("alert-title")).contains("epsilon-"));
    browser.see(By.cssSelector("#card-evidence[data-state='loaded']"));

    browser.click(By.cssSelector(".deeds a[href='runbooks/epsilon-over-rms']"));
    browser.await("the runbook", page -> text(By.id("runbook-text")).contains("What to do"));
    assertThat(text(By.id("page-title"))).isEqualTo("epsilon-over-rms");
    browser.click(By.cssSelector(".runbook-links a[href='runbooks']"));
    browser.await("all of them", page -> text(By.id("runbook-text")).contains("straggler-rank"));
    dashboard.open("runbooks/%3Cimg%20src=x%3E");
    browser.await("the list", page -> text(By.id("runbook-text")).contains("straggler-rank"));
  }

  private static SearchContext editor() {
    return browser.see(By.id("rule-expression")).getShadowRoot();
  }

  private static void type(String expression) {
    WebElement field = editor().findElement(By.cssSelector(".cm-content"));
    field.click();
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.BACK_SPACE);
    field.sendKeys(expression);
  }

  private static String text(By place) {
    return browser.see(place).getText();
  }
}
