package io.evenkeel.ui.browser;

import io.evenkeel.browser.Browser;
import java.util.List;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** One chart over steps, as a person uses it. */
final class ChartArea {
  private final Browser browser;
  private final String id;

  ChartArea(Browser browser, String name) {
    this.browser = browser;
    this.id = "chart-" + name;
  }

  /** Waits until it shows something. */
  ChartArea await() {
    browser.await(
        id + " with points",
        page -> number("data-points") > 0 && !attribute("data-drawn").isEmpty());
    return this;
  }

  /** Points that are drawn. */
  long points() {
    return number("data-points");
  }

  /** The steps that are seen, as FROM-TO. */
  String range() {
    return attribute("data-range");
  }

  /** How many steps are seen. */
  long length() {
    String[] ends = range().split("-");
    return Long.parseLong(ends[1]) - Long.parseLong(ends[0]);
  }

  /** Waits until the server has sent the points of exactly what is seen. */
  void awaitFiner() {
    browser.await(
        "finer points of " + id,
        page ->
            browser.script(
                "const c = document.getElementById(arguments[0]); const w = c.model.evenkeelWindow;"
                    + "return !!w && [c.dataset.range, c.dataset.drawn].every(part => part === w.from + '-' + w.to);",
                id));
  }

  /** The largest value that is drawn. */
  double largest() {
    Object largest =
        browser.script(
            "const c = document.getElementById(arguments[0]); let most = -Infinity;"
                + "for (const s of c.model.series) if (s.type === 'line' && !s.id.startsWith('limit'))"
                + " for (let i = 1; i < s.data.length; i += 2) if (!isNaN(s.data[i])) most = Math.max(most, s.data[i]);"
                + "return most;",
            id);
    return ((Number) largest).doubleValue();
  }

  /** The names of its lines. */
  List<String> names() {
    Object names =
        browser.script(
            "return document.getElementById(arguments[0]).model.series"
                + ".filter((s) => s.type === 'line').map((s) => String(s.name ?? s.id));",
            id);
    return ((List<?>) names).stream().map(String::valueOf).toList();
  }

  /** Drags over the part between two shares of the way from a step to the seen ends. */
  void brushAround(long step, double share) {
    List<?> ends =
        (List<?>)
            browser.script(
                "const c = document.getElementById(arguments[0]); c.scrollIntoView({block: 'center'});"
                    + "const box = c.getBoundingClientRect(); const [f, t] = c.dataset.range.split('-').map(Number);"
                    + "const x = (s) => Math.round(c.chart.convertToPixel({xAxisIndex: 0}, s));"
                    + "const low = x(arguments[1] - (arguments[1] - f) * arguments[2]);"
                    + "const high = x(arguments[1] + (t - arguments[1]) * arguments[2]);"
                    + "return [box.left + low, box.top + box.height / 2, Math.max(12, high - low)].map(Math.round);",
                id,
                step,
                share);
    new Actions(browser.driver())
        .moveToLocation(whole(ends, 0), whole(ends, 1))
        .clickAndHold()
        .moveByOffset(whole(ends, 2) / 2, 0)
        .moveByOffset(whole(ends, 2) - whole(ends, 2) / 2, 0)
        .release()
        .perform();
  }

  /** Clicks at a step, near the top. */
  void click(long step) {
    List<?> at =
        (List<?>)
            browser.script(
                "const c = document.getElementById(arguments[0]); c.scrollIntoView({block: 'center'});"
                    + "const box = c.getBoundingClientRect();"
                    + "return [box.left + c.chart.convertToPixel({xAxisIndex: 0}, arguments[1]), box.top + 70].map(Math.round);",
                id,
                step);
    new Actions(browser.driver()).moveToLocation(whole(at, 0), whole(at, 1)).click().perform();
  }

  /** Types a key on it. */
  void type(CharSequence key) {
    WebElement canvas =
        browser.see(By.id(id)).getShadowRoot().findElement(By.cssSelector("#canvas"));
    canvas.sendKeys(key);
  }

  /** Asks for all steps again. */
  void reset() {
    type(Keys.ESCAPE);
  }

  private long number(String attribute) {
    String text = attribute(attribute);
    return text.isEmpty() ? -1 : Long.parseLong(text);
  }

  private String attribute(String name) {
    String value = browser.see(By.id(id)).getDomAttribute(name);
    return value == null ? "" : value;
  }

  private static int whole(List<?> numbers, int index) {
    return ((Number) numbers.get(index)).intValue();
  }
}
