package io.evenkeel.bench.ui;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.bench.BenchException;
import io.evenkeel.browser.Browser;
import io.evenkeel.embedded.EmbeddedPostgres;
import io.evenkeel.writer.store.Database;
import io.evenkeel.writer.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;

/** Runs the measurements one after the other, on one server and one browser. */
final class UiBench {
  private static final String CHART = "chart-losses";

  /** Share of the seen steps that one zoom keeps, at the end, where the run has fine roll-ups. */
  private static final double KEPT = 0.15;

  private static final int ZOOMS = 5;
  private static final int WIDTH = 1440;
  private static final int HEIGHT = 1000;

  private final UiBenchCommand.Size size;
  private final PrintWriter out;

  UiBench(UiBenchCommand.Size size, PrintWriter out) {
    this.size = size;
    this.out = out;
  }

  UiReport measure(Path home) throws IOException, SQLException, StoreException, BenchException {
    Path folder = Files.createTempDirectory("evenkeel-bench-ui");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.resolve("postgres"))) {
      Database database = new Database(postgres.jdbcUrl(), postgres.user(), postgres.password());
      database.migrate();
      bringControllersTables(home, postgres);
      try (HikariDataSource pool = database.open();
          HikariDataSource upkeep = database.openForUpkeep()) {
        LongModelRun run = new LongModelRun(pool, size.steps(), size.layers(), size.experts());
        long began = System.nanoTime();
        try (Connection connection = upkeep.getConnection()) {
          run.write(connection, size.steps());
        }
        say(
            "%,d steps of %d layers with %d experts written in %.0f s",
            size.steps(), size.layers(), size.experts(), (System.nanoTime() - began) / 1e9);
        return measure(home, postgres, folder, run);
      }
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** The dashboard reads the controller's views too; they are empty here. */
  private static void bringControllersTables(Path home, EmbeddedPostgres postgres) {
    Flyway.configure()
        .dataSource(postgres.jdbcUrl(), postgres.user(), postgres.password())
        .defaultSchema("controller")
        .createSchemas(true)
        .locations("filesystem:" + home.resolve("controller/target/classes/db/controller"))
        .failOnMissingLocations(true)
        .load()
        .migrate();
  }

  private UiReport measure(Path home, EmbeddedPostgres postgres, Path folder, LongModelRun run)
      throws IOException, BenchException, StoreException {
    try (UiServer server = UiServer.start(home, postgres, folder);
        Browser browser = new Browser(folder.resolve("profile"), folder.resolve("pictures"))) {
      LiveView.prepare(browser);
      RunPage page = new RunPage(browser, server, "localhost");
      page.logIn();
      List<RunPage.Opening> openings = new ArrayList<>();
      page.open(); // The compiler has seen what follows.
      browser.fit(WIDTH);
      for (int turn = 0; turn < size.turns(); turn++) {
        openings.add(page.open());
        say(
            "first chart after %.0f ms, all after %.0f ms",
            openings.getLast().first(), openings.getLast().all());
      }
      List<RunPage.Zoom> zooms = new ArrayList<>();
      for (int turn = 0; turn < size.turns(); turn++) {
        for (int zoom = 0; zoom < ZOOMS; zoom++) {
          zooms.add(page.zoom(CHART, 1 - KEPT, 0.999));
        }
        page.reset(CHART);
        say(
            "zoomed: the chart itself after %.0f ms, all after %.0f ms",
            zooms.getLast().own(), zooms.getLast().all());
      }
      // From here on a window as people have it: charts out of sight are not drawn.
      browser.size(WIDTH, HEIGHT);
      page.open();
      SeriesPicker.Answers picker = new SeriesPicker(browser).look(size.turns());
      say(
          "picker of %,d series: open after %.0f ms, found after %.0f ms",
          LongModelRun.SCALARS, picker.opened(), picker.searched().getLast());
      LiveView.Cost live =
          new LiveView(browser, server, run).watch(Duration.ofSeconds(size.liveSeconds()));
      say(
          "live, %d steps/s for %.0f s: %.1f pushes/s, main thread busy %.0f %%",
          LiveView.PACE, live.seconds(), live.pushesPerSecond(), 100 * live.mainThreadShare());
      ManySessions.Found many =
          new ManySessions(browser, server).measure(size.sessions(), size.turns());
      return new UiReport(size, openings, zooms, picker, live, many);
    }
  }

  private void say(String format, Object... values) {
    out.printf(Locale.ROOT, format + "%n", values);
    out.flush();
  }
}
