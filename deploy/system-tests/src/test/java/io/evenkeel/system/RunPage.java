package io.evenkeel.system;

import io.evenkeel.browser.Browser;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openqa.selenium.By;

/** The page of one run: its charts, and its control. */
final class RunPage {
  private final Browser browser;

  RunPage(Browser browser) {
    this.browser = browser;
  }

  /** Points drawn in each chart, by its id; -1 where the card does not show the chart. */
  Map<String, Long> points() {
    var counted =
        (Map<?, ?>)
            browser.script(
                """
                const points = {};
                for (const card of document.querySelectorAll('.chart-card')) {
                  const chart = card.querySelector('evenkeel-chart');
                  // Shows what people pick, and nobody has picked anything.
                  if (chart.id === 'chart-own-series' && card.dataset.state === 'empty') continue;
                  const shown = card.dataset.state === 'loaded' && card.querySelector('.chart-notice').hidden;
                  points[chart.id] = shown ? Number(chart.dataset.points ?? 0) : -1;
                }
                return points;
                """);
    var points = new TreeMap<String, Long>();
    counted.forEach((id, count) -> points.put((String) id, ((Number) count).longValue()));
    return points;
  }

  /** The last step that the head of the page tells. */
  long lastStep() {
    String facts = browser.see(By.id("run-facts")).getText().replaceAll("[\\s,]+", "");
    var step = java.util.regex.Pattern.compile("Step(\\d+)").matcher(facts);
    return step.find() ? Long.parseLong(step.group(1)) : -1;
  }

  /** Waits until every canvas is as large as its card lets it be. */
  void awaitDrawn() {
    browser.await(
        "charts as large as their cards",
        page ->
            browser.script(
                """
                // Of an empty card, which says what to do, the text is seen and not the chart.
                return [...document.querySelectorAll(".chart-card:not([data-state='empty']) evenkeel-chart")].every((chart) => {
                  const canvas = chart.shadowRoot.querySelector('canvas');
                  return canvas !== null && canvas.clientWidth === chart.clientWidth
                    && canvas.clientHeight === chart.clientHeight
                    && chart.clientHeight > 100 && chart.scrollWidth <= chart.clientWidth;
                });
                """));
  }

  /** Whether the page is wider than the window. */
  boolean scrollsSideways() {
    return (Boolean)
        browser.script(
            "return document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth;");
  }

  void openTab(String name) {
    browser.click(By.id("tab-" + name));
  }

  /** Types a value for a knob and asks for it. */
  void set(String knob, String value) {
    browser.type(By.cssSelector("[id='knob-field-" + knob + "'] input"), value);
    browser.click(By.id("knob-set-" + knob));
  }

  /** Waits for what is wrong with the value that was typed for a knob. */
  String awaitComplaint(String knob) {
    return browser
        .await(
            "complaint about " + knob,
            page -> {
              var field = page.findElement(By.id("knob-field-" + knob));
              var message = field.findElement(By.cssSelector("[slot='error-message']"));
              return field.getDomAttribute("invalid") != null && !message.getText().isEmpty()
                  ? message
                  : null;
            })
        .getText();
  }

  /** Waits until a knob in force reads as given. */
  void awaitInForce(String knob, String value) {
    browser.await(
        knob + " = " + value,
        page -> page.findElement(By.id("knob-value-" + knob)).getText().equals(value));
  }

  /** Waits for a row of a table that contains all the texts; its cells. */
  String awaitRow(String table, String... texts) {
    return browser.await(
        "row of " + table + " with " + List.of(texts),
        page ->
            rows(table).stream()
                .filter(row -> List.of(texts).stream().allMatch(row::contains))
                .findFirst()
                .orElse(null));
  }

  private List<String> rows(String table) {
    Object rows =
        browser.script(
            """
            const table = document.getElementById(arguments[0]);
            return [...(table?.shadowRoot.querySelectorAll('#items tr:not([hidden])') ?? [])].map((row) =>
              [...row.children].map((cell) => cell.querySelector('slot')?.assignedNodes()
                .map((content) => content.innerText).join(' ') ?? '').join(' | '));
            """,
            table);
    return ((List<?>) rows).stream().map(String.class::cast).toList();
  }
}
