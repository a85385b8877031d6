package io.evenkeel.ui.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.browser.Browser;
import io.evenkeel.ui.LongRun;
import io.evenkeel.ui.security.Role;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The charts of a run, as a person uses them. */
class RunPageIT {
  private static final long STEPS = 1_000_000;
  private static final long SPIKE = 777_777;

  @TempDir static Path folder;

  private static Dashboard dashboard;
  private static Browser browser;

  @BeforeAll
  static void start() throws Exception {
    dashboard = Dashboard.start(folder);
    try (Connection connection = dashboard.database().connect()) {
      LongRun.write(connection, "million", STEPS, SPIKE);
    }
    browser = dashboard.browser();
    dashboard.logIn(Role.VIEWER);
  }

  @AfterAll
  static void stop() throws Exception {
    dashboard.close();
  }

  @BeforeEach
  void wide() {
    browser.size(1440, 1000);
  }

  @Test
  void shouldShowASpikeOfOneStepAtEveryZoomWhenTheRunHasAMillionSteps() {
    dashboard.open("runs/million");
    ChartArea losses = new ChartArea(browser, "losses").await();
    assertThat(losses.largest()).isEqualTo(50);

    int zooms = 0;
    while (losses.length() > 120) {
      String before = losses.range();
      losses.brushAround(SPIKE, 0.12);
      browser.await("another range than " + before, page -> !losses.range().equals(before));
      losses.awaitFiner();
      assertThat(losses.largest()).as("at %s", losses.range()).isEqualTo(50);
      zooms++;
    }

    assertThat(zooms).isBetween(3, 8);
    assertThat(losses.points()).isBetween(10L, 130L);
    browser.await("range in the address", page -> page.getCurrentUrl().contains("from="));
    String range = losses.range();
    dashboard.picture("run-million-zoomed", "light", 1440);

    browser.open(browser.address());
    losses.await();
    losses.awaitFiner();
    assertThat(losses.range()).isEqualTo(range);
    assertThat(new ChartArea(browser, "gradient-norm").await().range()).isEqualTo(range);

    losses.reset();
    browser.await("all steps again", page -> losses.length() == STEPS - 1);
    browser.await("address without range", page -> !page.getCurrentUrl().contains("from="));
  }

  @Test
  void shouldTellWhatHappenedAndWhyWhenAMarkIsClicked() {
    dashboard.open("runs/alpha-too-high-1");
    ChartArea ratio = new ChartArea(browser, "gradient-norm-ratio").await();

    ratio.click(40);

    String alert = browser.see(By.id("event-panel")).getText();
    assertThat(alert)
        .contains("R_g of layer 1 is 0.9, nine times its limit")
        .contains("Runbook of gradient-norm-ratio")
        .contains("policy:alpha acted load_balance.alpha");
    dashboard.picture("run-event", "dark", 1440);
    browser.click(By.id("event-close"));

    // Also on a chart that the command is not about.
    new ChartArea(browser, "step-time").await().click(60);

    String command = browser.see(By.id("event-panel")).getText();
    assertThat(command)
        .contains("load_balance.alpha 0.5 → 0.25")
        .contains("alpha down by half, its largest factor")
        .contains("gradient_norm_ratio_max");
  }

  @Test
  void shouldStandStillWhileThePastIsLookedAtAndGoOnWhenAsked() throws Exception {
    dashboard.open("runs/alpha-too-high-1");
    ChartArea losses = new ChartArea(browser, "losses").await();
    long first = losses.points();
    dashboard.sample().steps(420, 430);
    browser.await("live points", page -> losses.points() > first);

    losses.type("+");
    losses.awaitFiner();
    long points = losses.points();
    String range = losses.range();
    dashboard.sample().steps(430, 440);
    browser.await(
        "strip that goes on",
        page -> page.findElement(By.id("view-standing")).getText().endsWith("of 439"));
    assertThat(losses.points()).isEqualTo(points);
    assertThat(losses.range()).isEqualTo(range);

    browser.click(By.id("view-live"));
    browser.await("all of it", page -> losses.range().endsWith("-439"));
    dashboard.sample().steps(440, 450);
    browser.await("it goes on", page -> losses.range().endsWith("-449"));
  }

  @Test
  void shouldShowTheLoadOfEveryLayerAtTheStepOfTheSlider() {
    dashboard.open("runs/alpha-too-high-1");
    new ChartArea(browser, "load-by-layer").await();
    assertThat(new ChartArea(browser, "load-by-layer").points()).isEqualTo(4 * 20);

    browser.script(
        "const s = document.getElementById('load-step'); s.value = 30;"
            + "s.dispatchEvent(new Event('input', {bubbles: true})); s.dispatchEvent(new Event('change', {bubbles: true}));");

    browser.await(
        "step of the slider",
        page -> page.findElement(By.id("load-step-shown")).getText().equals("step 30"));
  }

  @Test
  void shouldShowWallTimeAndSaveWhatIsDrawnWhenAsked() {
    dashboard.open("runs/alpha-too-high-1?axis=time&from=100&to=300");
    ChartArea losses = new ChartArea(browser, "losses").await();
    losses.awaitFiner();

    assertThat(losses.range()).isEqualTo("100-300");
    Object millis =
        browser.script(
            "return document.getElementById('chart-losses').chart.getOption().xAxis[0].min;");
    assertThat(((Number) millis).doubleValue()).isGreaterThan(1e12);
    browser.click(By.cssSelector("#card-losses button[aria-label^='Save as a table']"));
    assertSaved("losses.csv");
    browser.click(By.cssSelector("#card-losses button[aria-label^='Save as a picture']"));
    assertSaved("losses.png");
    dashboard.picture("run-time-axis", "light", 1440);
  }

  @Test
  void shouldLeadThroughThePageOnceWhenItIsSeenForTheFirstTime() {
    browser.script("localStorage.removeItem('evenkeel.tour');");
    dashboard.open("runs/alpha-too-high-1");
    browser.await("first stop", page -> place().equals("1 of 3"));
    browser.click(By.id("tour-next"));
    browser.await("second stop", page -> place().equals("2 of 3"));
    browser.click(By.id("tour-next"));
    browser.await("third stop", page -> place().equals("3 of 3"));
    browser.click(By.id("tour-next"));
    browser.await(
        "end", page -> "read".equals(browser.script("return localStorage['evenkeel.tour'];")));

    dashboard.open("runs/alpha-too-high-1");
    new ChartArea(browser, "losses").await();
    assertThat(browser.driver().findElements(By.id("tour"))).noneMatch(WebElement::isDisplayed);
  }

  private static String place() {
    return browser.see(By.cssSelector("#tour .secondary")).getText();
  }

  private static void assertSaved(String name) {
    browser.await(
        name,
        page -> {
          String saved = page.findElement(By.id("chart-losses")).getDomAttribute("data-saved");
          return saved != null
              && saved.startsWith(name + " ")
              && Long.parseLong(saved.substring(name.length() + 1)) > 1000;
        });
  }
}
