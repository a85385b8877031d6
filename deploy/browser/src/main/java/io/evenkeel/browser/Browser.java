package io.evenkeel.browser;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementClickInterceptedException;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.TimeoutException;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A headless Chromium with an empty profile, which fetches nothing by itself. */
public final class Browser implements AutoCloseable {
  /** How long anything on a page may take on a loaded machine. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final File CHROMIUM = new File("/usr/bin/chromium");
  private static final File DRIVER = new File("/usr/bin/chromedriver");

  private final ChromeDriver driver;
  private final Path pictures;

  /**
   * Starts it.
   *
   * @param profile a new folder for the profile
   * @param pictures where pictures go
   */
  public Browser(Path profile, Path pictures) throws IOException {
    this.pictures = Files.createDirectories(pictures);
    var options = new ChromeOptions();
    options.setBinary(CHROMIUM);
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--hide-scrollbars",
        "--window-size=1440,1000",
        "--user-data-dir=" + Files.createDirectories(profile));
    var service = new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).build();
    driver = new ChromeDriver(service, options);
    driver.manage().timeouts().pageLoadTimeout(PATIENCE);
    driver.manage().timeouts().scriptTimeout(PATIENCE);
  }

  /** What drives it, for gestures that are not here. */
  public WebDriver driver() {
    return driver;
  }

  /** Goes to an address, and waits until the page is loaded. */
  public void open(String address) {
    driver.get(address);
  }

  /** Where it is. */
  public String address() {
    return driver.getCurrentUrl();
  }

  /** Becomes a stranger again to every site. */
  public void forgetLogin() {
    driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
  }

  /** What the page's operating system prefers: light or dark. */
  public void prefer(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Waits until the element is there and seen. */
  public WebElement see(By what) {
    return await(
        what.toString(),
        page -> {
          WebElement element = page.findElement(what);
          return element.isDisplayed() ? element : null;
        });
  }

  /** Clicks as soon as that is possible; a page that is drawn anew in between is no failure. */
  public void click(By what) {
    await(
        what + " to click",
        page -> {
          page.findElement(what).click();
          return true;
        });
  }

  /** Clears a field, types, and leaves it. */
  public void type(By field, CharSequence text) {
    WebElement element = see(field);
    element.clear();
    element.sendKeys(text);
  }

  /** Takes the pointer off everything, so that no tooltip lies over the page. */
  public void restPointer() {
    new Actions(driver).moveToLocation(2, 2).perform();
    await(
        "page without tooltip",
        page ->
            page.findElements(By.cssSelector("[role='tooltip']")).stream()
                .noneMatch(WebElement::isDisplayed));
  }

  /** Waits until {@code found} is neither null nor false. */
  public <T> T await(String what, Function<WebDriver, T> found) {
    try {
      return new WebDriverWait(driver, PATIENCE, Duration.ofMillis(400))
          .ignoring(NoSuchElementException.class)
          .ignoring(StaleElementReferenceException.class)
          .ignoring(ElementClickInterceptedException.class)
          .until(found);
    } catch (TimeoutException e) {
      picture("failed");
      String text = driver.findElement(By.tagName("body")).getText();
      throw new AssertionError("no " + what + " at " + address() + ":\n" + text, e);
    }
  }

  /** Runs a script in the page; numbers come as Long or Double, lists and maps as such. */
  public Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Runs a script that ends by calling its last argument with an answer; waits for that. */
  public Object scriptUntilCalledBack(String script, Object... arguments) {
    return driver.executeAsyncScript(script, arguments);
  }

  /** A command of the browser's own protocol, and its answer. */
  public Map<String, Object> command(String name, Map<String, Object> parameters) {
    return driver.executeCdpCommand(name, parameters);
  }

  /** Makes the window this wide, and as high as the page is long, so that nothing has to scroll. */
  public void fit(int width) {
    size(width, Math.max(contentHeight(), 700));
    await(
        "page of constant height",
        page -> {
          long height = contentHeight();
          size(width, Math.max(height, 700));
          return height > 0 && height == contentHeight();
        });
  }

  private long contentHeight() {
    Object height =
        script(
            "const page = document.querySelector('.page');"
                + "return page === null ? window.innerHeight : Math.ceil("
                + "[...page.children].reduce((most, child) => Math.max(most, child.getBoundingClientRect().bottom), 0)"
                + " + document.scrollingElement.scrollTop + 32);");
    return ((Number) height).longValue();
  }

  /** Makes the window this large, in pixels. */
  public void size(int width, long height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Keeps a picture of what the window shows. */
  public Path picture(String name) {
    Path file = pictures.resolve(name + ".png");
    try {
      Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  @Override
  public void close() {
    driver.quit();
  }
}
