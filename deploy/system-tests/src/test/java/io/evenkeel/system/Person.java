package io.evenkeel.system;

import io.evenkeel.browser.Browser;
import java.io.IOException;
import java.nio.file.Path;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** Somebody at a browser of their own, with an account of theirs. */
final class Person implements AutoCloseable {
  private static final Path PICTURES = Path.of("target", "screenshots");

  private final Browser browser;
  private final String home;
  private final String account;
  private final String password;

  /**
   * A person who is not logged in yet.
   *
   * @param profile a new folder for the browser's profile
   * @param home where the dashboard is, with a slash at the end
   */
  Person(Path profile, String home, String account, String password) throws IOException {
    this.browser = new Browser(profile, PICTURES);
    this.home = home;
    this.account = account;
    this.password = password;
  }

  Browser browser() {
    return browser;
  }

  /** The page of a run's control, which this person has open. */
  RunPage page() {
    return new RunPage(browser);
  }

  /** Opens the login page, and goes through it. */
  void logIn() {
    browser.open(home + "login");
    passLogin();
    browser.see(By.id("runs"));
    browser.script("localStorage.setItem('evenkeel.tour', 'read');");
  }

  /** Fills the login page that is open. */
  void passLogin() {
    browser.type(By.cssSelector("input[name='username']"), account);
    browser.type(By.cssSelector("input[name='password']"), password);
    browser.see(By.cssSelector("input[name='password']")).sendKeys(Keys.ENTER);
  }

  /** Goes to a page of the dashboard. */
  void open(String path) {
    browser.open(home + path);
    browser.see(By.cssSelector(".page"));
  }

  /** Waits until the element of an id says something. */
  void awaitText(String id, String text) {
    browser.await(
        id + " saying '" + text + "' to " + account,
        page ->
            page.findElements(By.id(id)).stream()
                .anyMatch(element -> element.getText().contains(text)));
  }

  /** What the element of an id says. */
  String text(String id) {
    return browser.see(By.id(id)).getText();
  }

  /** Chooses an item of a select, by its words. */
  void choose(String id, String words) {
    browser.click(By.id(id));
    browser.await(
        "item " + words,
        page -> {
          page.findElements(By.cssSelector("vaadin-select-item")).stream()
              .filter(item -> item.isDisplayed() && item.getText().equals(words))
              .findFirst()
              .orElseThrow(() -> new org.openqa.selenium.NoSuchElementException(words))
              .click();
          return true;
        });
  }

  @Override
  public void close() {
    browser.close();
  }
}
