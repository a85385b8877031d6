package io.evenkeel.bench.ui;

import io.evenkeel.bench.BenchException;
import io.evenkeel.browser.Browser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.openqa.selenium.By;
import org.openqa.selenium.WindowType;

/**
 * Many people at once: each has a context of the browser of its own, logs in, and has the run's
 * page open; then one after another changes to another page of the run and back. The browser's own
 * work shares the machine with the server's.
 */
final class ManySessions {
  private static final List<String> TABS = List.of("alerts", "control");

  // From the click until the server's answer is drawn.
  private static final String CLICK =
      """
      const done = arguments[arguments.length - 1];
      const began = performance.now();
      const tab = document.getElementById('tab-' + arguments[0]);
      const look = () => {
        const idle = Object.values(window.Vaadin?.Flow?.clients ?? {})
          .every((client) => !client.isActive || !client.isActive());
        if (idle && new URLSearchParams(location.search).get('tab') === arguments[0]) {
          requestAnimationFrame(() => done(performance.now() - began));
        } else {
          setTimeout(look, 4);
        }
      };
      tab.click();
      setTimeout(look, 4);
      """;

  private final Browser browser;
  private final UiServer server;

  ManySessions(Browser browser, UiServer server) {
    this.browser = browser;
    this.server = server;
  }

  /**
   * What was found.
   *
   * @param millis times of the interactions
   * @param bytesPerSession live bytes of the server that a session adds
   */
  record Found(List<Double> millis, long bytesPerSession) {}

  /** Opens them, and lets each interact {@code turns} times. */
  Found measure(int sessions, int turns) throws IOException, BenchException {
    String home = browser.driver().getWindowHandle();
    List<String> windows = new ArrayList<>();
    // The first brings what all share: classes, compiled pages, the run's feed.
    windows.add(open(0));
    long before = server.liveBytes();
    for (int session = 1; session < sessions; session++) {
      windows.add(open(session));
    }
    long after = server.liveBytes();
    List<Double> millis = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(11);
    for (int turn = 0; turn < turns; turn++) {
      for (int session = 0; session < sessions; session++) {
        browser.driver().switchTo().window(windows.get(random.nextInt(sessions)));
        String tab = TABS.get(turn % TABS.size());
        if (!browser.address().contains("tab=" + tab)) {
          millis.add(((Number) browser.scriptUntilCalledBack(CLICK, tab)).doubleValue());
        }
      }
      server.requireAlive();
    }
    browser.driver().switchTo().window(home);
    return new Found(millis, (after - before) / Math.max(1, sessions - 1));
  }

  private String open(int session) {
    browser.driver().switchTo().newWindow(WindowType.TAB);
    // Cookies are a host's: each session knows the server by another name.
    String host = "s" + session + ".localhost";
    new RunPage(browser, server, host).logIn();
    browser.open(server.address(host, "runs/" + LongModelRun.RUN));
    browser.see(By.id("tab-" + TABS.get(0)));
    return browser.driver().getWindowHandle();
  }
}
