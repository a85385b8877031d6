package io.evenkeel.bench.ui;

import io.evenkeel.browser.Browser;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/**
 * The run's page, as a person uses it, with a stop-watch inside the page: moments are taken where
 * things happen, not when the driver looks.
 */
final class RunPage {

  // Remembers when each chart was last drawn, and when the pointer was last pressed or let go.
  static final String STOP_WATCH =
      """
      if (!window.evenkeelWatch) {
        const watch = window.evenkeelWatch = { pressed: 0, released: 0, first: {}, finer: {} };
        addEventListener('pointerdown', () => {
          watch.pressed = performance.now(); watch.first = {};
        }, true);
        addEventListener('pointerup', () => {
          watch.released = performance.now(); watch.finer = {};
        }, true);
        new MutationObserver((changes) => {
          for (const chart of new Set(changes.map((change) => change.target))) {
            if (chart.localName !== 'evenkeel-chart') continue;
            const now = performance.now();
            if (!(chart.id in watch.first) && chart.dataset.drawn && Number(chart.dataset.points) > 0) {
              watch.first[chart.id] = now - watch.pressed;
            }
            if (!(chart.id in watch.finer) && chart.dataset.range === chart.dataset.drawn) {
              watch.finer[chart.id] = now - watch.released;
            }
          }
        }).observe(document, { subtree: true, childList: true, attributes: true,
          attributeFilter: ['data-drawn'] });
      }
      """;

  private static final String LOADED =
      """
      const cards = [...document.querySelectorAll('.chart-card')];
      return cards.length > 0 && cards.every((card) => card.dataset.state !== 'loading')
        && [...document.querySelectorAll('.chart-card[data-state="loaded"] evenkeel-chart')]
          .every((chart) => chart.dataset.drawn && Number(chart.dataset.points) > 0);
      """;

  private static final String STALE_CHARTS =
      """
      return [...document.querySelectorAll('.chart-card[data-state="loaded"] evenkeel-chart')]
        .filter((chart) => chart.group && chart.id !== 'chart-knobs' && chart.dataset.drawn !== arguments[0])
        .length;
      """;

  // Where a share of the chart's axis is on the screen.
  private static final String PLACES =
      """
      const chart = document.getElementById(arguments[0]);
      chart.scrollIntoView({ block: 'center' });
      const box = chart.getBoundingClientRect();
      const [from, to] = chart.dataset.range.split('-').map(Number);
      const x = (share) => box.left
        + chart.chart.convertToPixel({ xAxisIndex: 0 }, from + (to - from) * share);
      return [x(arguments[1]), x(arguments[2]), box.top + box.height / 2].map(Math.round);
      """;

  private final Browser browser;
  private final UiServer server;
  private final String host;

  /** The page in the window that is open, under a name of the server. */
  RunPage(Browser browser, UiServer server, String host) {
    this.browser = browser;
    this.server = server;
    this.host = host;
  }

  /** Milliseconds from the click until the first chart, and until the last. */
  record Opening(double first, double all) {}

  /** Milliseconds from the pointer let go until the chart itself is finer, and until all are. */
  record Zoom(double own, double all) {}

  /** Logs in, in the window that is open. */
  void logIn() {
    browser.open(server.address(host, "login"));
    browser.type(By.cssSelector("input[name='username']"), "admin");
    browser.type(By.cssSelector("input[name='password']"), UiServer.PASSWORD);
    browser.see(By.cssSelector("input[name='password']")).sendKeys(Keys.ENTER);
    browser.see(By.id("runs"));
  }

  /** From the list of runs, a click on the run. */
  Opening open() {
    browser.open(server.address(host, "runs"));
    browser.see(By.cssSelector("a.run-link"));
    browser.script(STOP_WATCH);
    browser.click(By.cssSelector("a.run-link"));
    browser.await("all charts", page -> browser.script(LOADED));
    List<Double> drawn = moments("first");
    return new Opening(
        drawn.stream().min(Double::compare).orElseThrow(),
        drawn.stream().max(Double::compare).orElseThrow());
  }

  /** Drags over a part of what a chart shows, told by shares of its width. */
  Zoom zoom(String chart, double from, double to) {
    browser.script(STOP_WATCH);
    List<?> places = (List<?>) browser.script(PLACES, chart, from, to);
    int left = whole(places, 0);
    int right = whole(places, 1);
    String before = range(chart);
    new Actions(browser.driver())
        .moveToLocation(left, whole(places, 2))
        .clickAndHold()
        .moveByOffset((right - left) / 2, 0)
        .moveByOffset(right - left - (right - left) / 2, 0)
        .release()
        .perform();
    browser.await(
        "finer points",
        page ->
            !before.equals(range(chart))
                && moment("finer", chart) != null
                && Long.valueOf(0).equals(browser.script(STALE_CHARTS, range(chart))));
    Double own = moment("finer", chart);
    return new Zoom(
        own == null ? Double.NaN : own,
        moments("finer").stream().max(Double::compare).orElseThrow());
  }

  /** Shows all steps again. */
  void reset(String chart) {
    browser
        .see(By.id(chart))
        .getShadowRoot()
        .findElement(By.cssSelector("#canvas"))
        .sendKeys(Keys.ESCAPE);
    browser.await("all steps", page -> range(chart).startsWith("0-"));
    browser.await(
        "all charts", page -> Long.valueOf(0).equals(browser.script(STALE_CHARTS, "all")));
  }

  private String range(String chart) {
    return String.valueOf(
        browser.script("return document.getElementById(arguments[0]).dataset.range;", chart));
  }

  private @org.jspecify.annotations.Nullable Double moment(String kind, String chart) {
    Object millis =
        browser.script("return window.evenkeelWatch[arguments[0]][arguments[1]];", kind, chart);
    return millis instanceof Number number ? number.doubleValue() : null;
  }

  private List<Double> moments(String kind) {
    Map<?, ?> moments =
        (Map<?, ?>) browser.script("return window.evenkeelWatch[arguments[0]];", kind);
    return moments.values().stream().map(value -> ((Number) value).doubleValue()).toList();
  }

  private static int whole(List<?> numbers, int index) {
    return ((Number) numbers.get(index)).intValue();
  }
}
