package io.evenkeel.ui.rundetail;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.ui.LongRun;
import io.evenkeel.ui.SampleRun;
import io.evenkeel.ui.WriterDatabase;
import io.evenkeel.ui.chart.LineChart;
import io.evenkeel.ui.chart.Point;
import io.evenkeel.ui.chart.Trace;
import io.evenkeel.ui.chart.Window;
import io.evenkeel.ui.rundetail.Comparisons.Align;
import io.evenkeel.ui.rundetail.Comparisons.Question;
import io.evenkeel.ui.runs.RunsReader;
import io.evenkeel.ui.store.StoreFault;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Parts, pasts and comparisons of runs, on a real database. */
class RunWindowsIT {

  @TempDir static Path folder;

  private static WriterDatabase database;
  private static HikariDataSource pool;
  private static JdbcClient client;
  private static SeriesReaders readers;
  private static RunWindows windows;
  private static ScheduledExecutorService timer;

  @BeforeAll
  static void start() throws Exception {
    database = WriterDatabase.start(folder);
    pool = new HikariDataSource();
    pool.setJdbcUrl(database.url());
    pool.setUsername(database.user());
    pool.setPassword(database.password());
    client = JdbcClient.create(pool);
    var reader = new RunReader(client);
    readers = new SeriesReaders(reader);
    timer = Executors.newSingleThreadScheduledExecutor();
    windows = new RunWindows(reader, readers, timer);
    try (Connection connection = database.connect()) {
      LongRun.write(connection, "long", 40_000, 23_456);
      connection.setAutoCommit(false);
      new SampleRun(connection, "short", "short", 2, 8, 2, Instant.now()).steps(0, 100);
      restart(connection);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    timer.shutdownNow();
    readers.stop();
    pool.close();
    database.close();
  }

  // Incarnation 1 begins at step 60, and its loss is higher by one.
  private static void restart(Connection connection) throws Exception {
    new SampleRun(connection, "restarted", "restarted", 2, 8, 2, Instant.now()).steps(0, 100);
    try (Statement statement = connection.createStatement()) {
      String id = "(select run_id from evenkeel_store.run where run = 'restarted')";
      statement.execute(
          "create temp table again as select * from evenkeel_store.step where step >= 60 and run_id = "
              + id);
      statement.execute("update again set incarnation = 1, loss_lm = loss_lm + 1");
      statement.execute("insert into evenkeel_store.step select * from again");
      statement.execute(
          "insert into evenkeel_store.incarnation (run_id, incarnation, first_step, last_step, observations, tokens, last_telemetry_at)"
              + " values ("
              + id
              + ", 1, 60, 99, 40, 163840, now())");
    }
    connection.commit();
  }

  @Test
  void shouldFindARunsOwnSeriesWhetherTheyAreRolledUpOrNew() throws Exception {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      String id = "(select run_id from evenkeel_store.run where run = 'short')";
      statement.execute(
          "insert into evenkeel_store.name (name) values ('policy/kl'), ('policy/entropy'), ('eval/old')");
      statement.execute(
          "insert into evenkeel_store.scalar_step (run_id, incarnation, step, name_id, value) select "
              + id
              + ", 0, step, name_id, step / 100.0 from evenkeel_store.name, generate_series(90, 99) step"
              + " where name like 'policy/%'");
      statement.execute(
          "insert into evenkeel_store.rollup (run_id, incarnation, metric_id, part, level, bucket, series,"
              + " low, high, mean, last) select "
              + id
              + ", 0, m.metric_id, n.name_id, 22, 0, 0, array[1.0], array[1.0], array[1.0], array[1.0]"
              + " from evenkeel_store.name n, evenkeel_store.metric m"
              + " where n.name = 'eval/old' and m.relation = 'scalar_step' and m.col = 'value'");
    }
    var names = new SeriesNames(client, java.time.Clock.systemUTC());
    var kl = new SeriesName("scalar.policy/kl", "");

    assertThat(names.search("short", " KL poli ")).containsExactly(kl);
    assertThat(names.search("short", "eval/"))
        .containsExactly(new SeriesName("scalar.eval/old", ""));
    assertThat(names.search("short", "gradient rms")).isNotEmpty();
    assertThat(names.search("no such run", "")).isEmpty();

    BlockingQueue<Map<SeriesName, List<Point>>> read = new LinkedBlockingQueue<>();
    windows.ownSeries(header("short"), List.of(kl), 0, 99, read::add, fault -> {});
    assertThat(read.poll(60, TimeUnit.SECONDS).get(kl)).hasSize(10).contains(Point.at(95, 0.95));
  }

  @Test
  void shouldReadEveryStepOfAPartThatIsShortEnough() throws Exception {
    Part part = whole("long", new Window(23_300, 23_600));

    List<Point> losses = points(part, Metric.LOSS_LM);
    assertThat(losses).hasSize(301).allMatch(point -> point.count() == 1);
    assertThat(losses.get(156)).isEqualTo(Point.at(23_456, 50));
    assertThat(part.clock()).hasSizeGreaterThan(100);
    assertThat(points(part, Metric.GRADIENT_NORM)).hasSize(301);
  }

  @Test
  void shouldKeepTheSpikeInEveryPartThatHoldsIt() throws Exception {
    for (Window window :
        List.of(new Window(0, 40_000), new Window(20_000, 30_000), new Window(23_456, 23_458))) {
      assertThat(points(whole("long", window), Metric.LOSS_LM).stream().mapToDouble(Point::max))
          .as("%s", window)
          .contains(50.0);
    }
    assertThat(
            points(whole("long", new Window(23_457, 30_000)), Metric.LOSS_LM).stream()
                .mapToDouble(Point::max))
        .allMatch(value -> value < 5);
  }

  @Test
  void shouldShowWhatANewerIncarnationTookBackApartFromWhatCounts() throws Exception {
    Past past = windows.past(header("restarted"), new Window(0, 100));

    List<Point> taken = past.series().get(Metric.LOSS_LM).get(new Past.Key(0, ""));
    assertThat(taken).hasSize(40);
    assertThat(taken.get(0).step()).isEqualTo(60);
    List<Point> current = points(whole("restarted", new Window(0, 99)), Metric.LOSS_LM);
    assertThat(current).hasSize(100);
    assertThat(current.get(70).last() - taken.get(10).last())
        .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-9));
    LineChart chart =
        PanelCharts.chart(
            Panel.LOSSES,
            RunStates.of(5, 1),
            new Past(1, Map.of(Metric.LOSS_LM, Map.of(new Past.Key(0, ""), taken))));
    assertThat(chart.traces()).extracting(Trace::name).contains("incarnation 0, taken back");
  }

  @Test
  void shouldLayRunsOverOneAnotherByStepsAndByTokens() {
    var comparisons = new Comparisons(client, readers);
    List<String> runs = List.of("short", "restarted", "nobody");

    LineChart bySteps =
        comparisons.chart(
            Panel.LOSSES,
            new Question(runs, Align.STEPS, Optional.empty()),
            new ConcurrentHashMap<>());
    LineChart byTokens =
        comparisons.chart(
            Panel.LOSSES,
            new Question(runs, Align.TOKENS, Optional.empty()),
            new ConcurrentHashMap<>());
    LineChart part =
        comparisons.chart(
            Panel.GRADIENT_NORM_RATIO,
            new Question(runs, Align.TOKENS, Optional.of(new Window(40_960, 81_920))),
            new ConcurrentHashMap<>());

    assertThat(bySteps.traces()).extracting(Trace::name).isEqualTo(runs);
    assertThat(bySteps.traces().get(0).points()).hasSize(100);
    assertThat(bySteps.traces().get(2).points()).isEmpty();
    assertThat(bySteps.to()).isEqualTo(99);
    assertThat(byTokens.traces().get(0).points().get(10).step()).isEqualTo(40_960);
    assertThat(byTokens.to()).isEqualTo(99 * 4096);
    assertThat(part.traces().get(0).points().get(0).step()).isEqualTo(40_960);
    assertThat(part.traces().get(0).points()).hasSizeBetween(11, 12);
    // Two layers: the least and the largest of them.
    assertThat(part.traces().get(0).points()).allMatch(point -> point.max() > point.min());
  }

  @Test
  void shouldListWhatDiffersInConfiguration() {
    var comparisons = new Comparisons(client, readers);

    assertThat(comparisons.differences(List.of("short", "short"))).isEmpty();
    assertThat(comparisons.differences(List.of("short", "long")))
        .containsEntry("layers", List.of("2", "1"))
        .containsEntry("planned_steps", List.of("3000", "40000"))
        .containsEntry("knob adam.epsilon, initially", List.of("1.0E-8", ""));
  }

  private static Part whole(String run, Window window) throws InterruptedException {
    BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    Queue<StoreFault> faults = new ConcurrentLinkedQueue<>();
    Runnable end = windows.read(header(run), window, 0, "losses", parts::add, faults::add);
    Part part;
    do {
      part = parts.poll(60, TimeUnit.SECONDS);
      assertThat(part).as("a part of %s", run).isNotNull();
    } while (part.series().values().stream().anyMatch(Series.Pending.class::isInstance)
        || part.clock().isEmpty());
    end.run();
    assertThat(faults).isEmpty();
    return part;
  }

  private static List<Point> points(Part part, Metric metric) {
    return ((Series.Loaded) part.series().get(metric)).bySeries().get("");
  }

  private static io.evenkeel.ui.runs.RunHeader header(String run) {
    return new RunsReader(client).find(run).orElseThrow();
  }
}
