package io.evenkeel.ui.browser;

import io.evenkeel.browser.Browser;
import io.evenkeel.ui.SampleDatabase;
import io.evenkeel.ui.SampleRun;
import io.evenkeel.ui.WriterDatabase;
import io.evenkeel.ui.app.UiApplication;
import io.evenkeel.ui.security.Role;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/**
 * The whole dashboard, as its process runs it, on a real database with {@linkplain SampleDatabase
 * the sample runs}, and a Chromium that looks at it. For tests:
 *
 * <pre>{@code
 * try (Dashboard dashboard = Dashboard.start(folder)) {
 *   dashboard.logIn(Role.OPERATOR);
 *   dashboard.open("control");
 *   dashboard.browser().click(By.id("kill-switch"));
 *   ...
 *   dashboard.picture("control", "dark", 1440);
 * }
 * }</pre>
 *
 * Start it once a class (about ten seconds), in {@code @BeforeAll}; the class is an {@code IT}. A
 * browser has one login at a time; {@link #logIn} ends the one before. Pictures go to {@code
 * ui/target/pictures}; a picture named {@code failed} is taken when something awaited did not come.
 * Kafka is away, unless a broker's address is given.
 */
public final class Dashboard implements AutoCloseable {
  private static final String PASSWORD = "correct horse battery";
  private static final Path PICTURES = Path.of("target", "pictures");

  private final WriterDatabase database;
  private final ServletWebServerApplicationContext application;
  private final Browser browser;
  private final Connection connection;
  private final SampleRun sample;

  private Dashboard(
      WriterDatabase database,
      Connection connection,
      SampleRun sample,
      ServletWebServerApplicationContext application,
      Browser browser) {
    this.database = database;
    this.connection = connection;
    this.sample = sample;
    this.application = application;
    this.browser = browser;
  }

  /** Starts it with the sample runs and without a broker. */
  public static Dashboard start(Path folder) throws Exception {
    return start(folder, "127.0.0.1:1");
  }

  /**
   * Starts it with the sample runs.
   *
   * @param folder a new folder for data and profile
   * @param kafka the broker's address
   * @param settings further arguments of the application, such as {@code --a.b=c}
   */
  public static Dashboard start(Path folder, String kafka, String... settings) throws Exception {
    WriterDatabase database = WriterDatabase.start(folder.resolve("postgres"));
    Connection connection = database.connect();
    SampleRun sample = SampleDatabase.fill(connection);
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--spring.datasource.url=" + database.url());
    arguments.add("--spring.datasource.username=" + database.user());
    arguments.add("--spring.datasource.password=" + database.password());
    arguments.add("--evenkeel.ui.kafka-bootstrap=" + kafka);
    for (Role role : Role.values()) {
      arguments.add("--evenkeel.ui." + user(role) + "-password=" + PASSWORD);
    }
    arguments.addAll(List.of(settings));
    var application =
        (ServletWebServerApplicationContext)
            SpringApplication.run(UiApplication.class, arguments.toArray(String[]::new));
    return new Dashboard(
        database,
        connection,
        sample,
        application,
        new Browser(folder.resolve("profile"), PICTURES));
  }

  /** The browser. */
  public Browser browser() {
    return browser;
  }

  /** The database under it. */
  public WriterDatabase database() {
    return database;
  }

  /** The run {@code alpha-too-high-1}, which has 420 steps and can be made to go on. */
  public SampleRun sample() {
    return sample;
  }

  /** A bean of the application, to look behind the page. */
  public <T> T bean(Class<T> type) {
    return application.getBean(type);
  }

  /** The address of a path, which begins without a slash. */
  public String address(String path) {
    return "http://localhost:" + application.getWebServer().getPort() + "/" + path;
  }

  /** Logs in as the account of that role, and waits for the list of runs. */
  public void logIn(Role role) {
    browser.forgetLogin();
    browser.open(address("login"));
    browser.type(By.cssSelector("input[name='username']"), user(role));
    browser.type(By.cssSelector("input[name='password']"), PASSWORD);
    browser.see(By.cssSelector("input[name='password']")).sendKeys(Keys.ENTER);
    browser.see(By.id("runs"));
    // Who has read the first tour sees the pages as they are from then on.
    browser.script("localStorage.setItem('evenkeel.tour', 'read');");
  }

  /** Opens a page and waits until it is there. */
  public void open(String path) {
    browser.open(address(path));
    browser.see(By.cssSelector(".page"));
    browser.await("quiet page", page -> browser.script(QUIET));
  }

  /**
   * Takes a picture of the whole page that is open.
   *
   * @param scheme light or dark
   * @param width of the window in pixels
   * @return the file, {@code NAME-WIDTH-SCHEME.png}
   */
  public Path picture(String name, String scheme, int width) {
    browser.prefer(scheme);
    browser.fit(width);
    browser.await("quiet page", page -> browser.script(QUIET));
    return browser.picture(name + "-" + width + "-" + scheme);
  }

  @Override
  public void close() throws Exception {
    try (database;
        connection;
        application) {
      browser.close();
    }
  }

  private static String user(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  // Flow has answered, and no chart says that it loads.
  private static final String QUIET =
      """
      const clients = Object.values(window.Vaadin?.Flow?.clients ?? {});
      return clients.every((client) => !client.isActive || !client.isActive())
        && document.querySelector('.chart-card[data-state="loading"]') === null;
      """;
}
