package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.browser.Browser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** What a person does in the dashboard while a run goes on, in a real browser. */
class BrowserST {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Path PICTURES = Path.of("target", "screenshots");

  // No policy moves this one, so that what becomes of it is the person's doing.
  private static final String KNOB = "gradient_clip.norm";

  @TempDir Path dir;

  @Test
  void shouldShowMovingChartsAndSetAKnobWhenAPersonLogsIn() throws Exception {
    int port = Evenkeel.freePort();
    String home = "http://localhost:" + port + "/";
    // More steps than this test lives to see.
    try (Evenkeel evenkeel =
            Evenkeel.up(dir.resolve("data"), "--steps", "5000", "--port", Integer.toString(port));
        Browser browser = new Browser(dir.resolve("profile"), PICTURES)) {
      String password = evenkeel.awaitLine("Password", START).strip().split("\\s+")[1];
      browser.prefer("light");

      assertOnlyThePasswordOpens(browser, home, password);
      var page = openTheRun(browser);
      assertEveryChartFills(browser, page);
      assertChartsMove(browser, page);
      takePictures(browser, page);
      assertAKnobIsSetWithinItsBounds(browser, page, evenkeel);
      assertNothingIsShownAfterLogout(browser, home);
    }
  }

  private static void assertOnlyThePasswordOpens(Browser browser, String home, String password) {
    browser.open(home + "runs");
    logIn(browser, password + "x");
    browser.await("refusal", page -> page.getCurrentUrl().contains("login?error"));
    browser.see(By.cssSelector("input[name='password']"));
    assertThat(browser.see(By.id("login")).getText()).contains("That did not work");

    logIn(browser, password);
    browser.see(By.id("runs"));
    assertThat(browser.see(By.id("user")).getText()).isEqualTo("admin");
  }

  private static void logIn(Browser browser, String password) {
    browser.await("login page", page -> page.getCurrentUrl().contains("/login"));
    browser.type(By.cssSelector("input[name='username']"), "admin");
    browser.type(By.cssSelector("input[name='password']"), password);
    browser.see(By.cssSelector("input[name='password']")).sendKeys(Keys.ENTER);
  }

  private static RunPage openTheRun(Browser browser) {
    browser.click(By.cssSelector("a.run-link"));
    browser.see(By.id("stability-strip"));
    return new RunPage(browser);
  }

  private static void assertEveryChartFills(Browser browser, RunPage page) {
    Map<String, Long> points =
        browser.await(
            "points in every chart",
            shown -> {
              Map<String, Long> counted = page.points();
              return !counted.isEmpty() && counted.values().stream().allMatch(count -> count > 0)
                  ? counted
                  : null;
            });
    assertThat(points)
        .containsKeys(
            "chart-losses",
            "chart-gradient-norm-ratio",
            "chart-router-similarity",
            "chart-expert-load",
            "chart-load-by-layer",
            "chart-router-entropy",
            "chart-ffn-experts",
            "chart-activations",
            "chart-epsilon-over-rms",
            "chart-tensors",
            "chart-knobs");
  }

  private static void assertChartsMove(Browser browser, RunPage page) {
    Map<String, Long> before = page.points();
    long step = page.lastStep();
    // The worst tensors and the layers are always as many; their figures move.
    before.remove("chart-tensors");
    before.remove("chart-load-by-layer");
    browser.await(
        "new points in every chart after step " + step + ": " + before,
        shown -> {
          Map<String, Long> now = page.points();
          return page.lastStep() > step
              && before.entrySet().stream()
                  .allMatch(old -> now.getOrDefault(old.getKey(), -1L) > old.getValue());
        });
  }

  private static void takePictures(Browser browser, RunPage page) {
    for (String scheme : new String[] {"light", "dark"}) {
      if (scheme.equals("dark")) {
        browser.click(By.id("color-scheme"));
        browser.restPointer();
      }
      for (int width : new int[] {1440, 1024}) {
        browser.fit(width);
        page.awaitDrawn();
        browser.picture("run-" + width + "-" + scheme);
        assertThat(page.scrollsSideways()).as("scrolls sideways at " + width).isFalse();
        assertThat(page.points().values()).allMatch(count -> count > 0);
      }
    }
    browser.click(By.id("color-scheme"));
  }

  private static void assertAKnobIsSetWithinItsBounds(
      Browser browser, RunPage page, Evenkeel evenkeel) throws Exception {
    String byHand = "select count(*) from ui_v1_commands where origin = 'operator:admin'";
    page.openTab("control");
    page.awaitInForce(KNOB, "1");

    page.set(KNOB, "1e9");
    assertThat(page.awaitComplaint(KNOB)).isEqualTo("Between 0.001 and 1M.");
    assertThat(evenkeel.number(byHand)).isZero();

    browser.type(By.cssSelector("#comment input"), "Calmer, please <b>now</b>.");
    page.set(KNOB, "0.5");
    page.awaitRow("commands", KNOB + " 1 → 0.5", "operator:admin", "applied");
    page.awaitInForce(KNOB, "0.5");
    // Written by anyone, shown as text.
    page.awaitRow(
        "audit", KNOB + " 1 → 0.5", "operator:admin", "acted", "Calmer, please <b>now</b>.");
    browser.see(By.cssSelector(".request[data-state='done']"));
    assertThat(evenkeel.number(byHand)).isEqualTo(1);
    browser.fit(1440);
    browser.picture("control-1440-light");
  }

  private static void assertNothingIsShownAfterLogout(Browser browser, String home) {
    String run = browser.address();
    browser.click(By.id("logout"));
    browser.see(By.cssSelector("input[name='password']"));
    for (String address : new String[] {run, home + "control", home + "audit", home}) {
      browser.open(address);
      browser.see(By.cssSelector("input[name='password']"));
      assertThat(browser.address()).isEqualTo(home + "login");
    }
  }
}
