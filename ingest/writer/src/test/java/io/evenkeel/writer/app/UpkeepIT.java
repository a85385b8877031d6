package io.evenkeel.writer.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.Await;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.metrics.WriterMetrics;
import io.evenkeel.writer.store.BatchStore;
import io.evenkeel.writer.store.Entry;
import io.evenkeel.writer.upkeep.Ripeness;
import io.evenkeel.writer.upkeep.Roller;
import io.evenkeel.writer.upkeep.Upkeep;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Upkeep of a database that lets it down. */
class UpkeepIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final WriterMetrics metrics = new WriterMetrics();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.evenkeel.writer.upkeep");
  private TestDatabase database;

  @BeforeEach
  void createDatabase() throws Exception {
    database = TestDatabase.create();
    database.database().migrate();
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void dropDatabase() throws Exception {
    logger.detachAppender(log);
    database.close();
  }

  @Test
  void shouldTellAndCountItsFailuresAndGoOnByItselfWhenItsTablesAreAwayForATime() throws Exception {
    assertThat(metric("evenkeel_writer_rollup_blocks")).as("before it is counted").isNaN();
    store("r1", 0, 1023, 1024, 2048);
    database.execute(
        "update evenkeel_store.rollup_dirty set marked_at = now() - interval '1 hour'");
    database.execute("alter table evenkeel_store.rollup rename to rollup_elsewhere");

    try (Upkeep upkeep =
        Upkeep.start(database.database(), Duration.ZERO, new UpkeepMetrics(metrics))) {
      Await.until(
          "failures are counted, and what is left to do",
          LIMIT,
          () ->
              failures("roll-ups", "EVK-WRITER-UPKEEP") >= 2
                  && metric("evenkeel_writer_rollup_blocks") == 3);
      assertThat(metric("evenkeel_writer_rollup_overdue_seconds")).isBetween(3_000.0, 3_700.0);
      assertThat(failures("backlog", "EVK-WRITER-UPKEEP")).isZero();

      database.execute("alter table evenkeel_store.rollup_elsewhere rename to rollup");

      Await.until("all is rolled up", LIMIT, () -> metric("evenkeel_writer_rollup_blocks") == 0);
      assertThat(metric("evenkeel_writer_rollup_overdue_seconds")).isZero();
      assertThat(
              database.value(
                  "select sum(coalesce(n[1], 1024)) from evenkeel_store.rollup r"
                      + " join evenkeel_store.metric using (metric_id)"
                      + " where relation = 'step' and col = 'loss_lm' and level = 10"))
          .isEqualTo("4");
    }
    assertThat(lines(Level.WARN)).hasSize(1).allMatch(line -> line.contains("EVK-WRITER-UPKEEP"));
    assertThat(lines(Level.WARN).getFirst()).contains("roll-ups", "evenkeel_store.rollup");
    assertThat(lines(Level.INFO)).containsExactly("Upkeep of roll-ups works again.");
  }

  @Test
  void shouldNotKnowTheBacklogWhileTheDatabaseIsAwayAndKnowItWhenItIsBack() throws Exception {
    store("r1", 5);
    try (Upkeep upkeep =
        Upkeep.start(database.database(), Duration.ZERO, new UpkeepMetrics(metrics))) {
      Await.until("counted", LIMIT, () -> metric("evenkeel_writer_rollup_blocks") == 1);
      assertThat(metric("evenkeel_writer_rollup_overdue_seconds"))
          .as("a block that is being filled")
          .isZero();

      database.refuseConnections();

      Await.until(
          "unknown, and why",
          LIMIT,
          () ->
              Double.isNaN(metric("evenkeel_writer_rollup_blocks"))
                  && failures("backlog", "EVK-DB-UNAVAILABLE") > 0);
      assertThat(metric("evenkeel_writer_rollup_overdue_seconds")).isNaN();

      database.acceptConnections();

      Await.until("counted again", LIMIT, () -> metric("evenkeel_writer_rollup_blocks") == 1);
    }
  }

  @Test
  void shouldRollUpEverybodyElseWhenOneRunCannotBe() throws Exception {
    store("r1", 0, 5_000);
    store("r2", 0, 5_000);
    store("r3", 0, 5_000);
    database.execute(
        "alter table evenkeel_store.rollup add constraint poison check (run_id <>"
            + database.value("select run_id from evenkeel_store.run where run = 'r2'")
            + ")");
    try (HikariDataSource pool = database.database().openForUpkeep()) {
      Roller roller = new Roller(pool, Ripeness.AT_ONCE);
      assertThatThrownBy(() -> roller.roll(work -> true))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("poison");
    }
    String left =
        "select distinct run from evenkeel_store.rollup_dirty join evenkeel_store.run using (run_id)";
    assertThat(database.rows(left)).containsExactly("r2");
    assertThat(database.value("select count(distinct run_id) from evenkeel_store.rollup"))
        .isEqualTo("2");
  }

  private void store(String name, long... steps) throws Exception {
    TrainingRun run = TrainingRuns.healthy(name).build();
    List<Entry> entries = new ArrayList<>();
    for (long step : steps) {
      entries.add(new Entry.Signals(run.signals(step)));
    }
    try (HikariDataSource pool = database.database().open()) {
      new BatchStore(pool, Clock.systemUTC()).write(entries);
    }
  }

  private double metric(String name) {
    return MetricValue.of(metrics, name, List.of());
  }

  private double failures(String task, String errorId) {
    return MetricValue.of(metrics, "evenkeel_writer_upkeep_failures", List.of(task, errorId));
  }

  private List<String> lines(Level level) {
    return List.copyOf(log.list).stream()
        .filter(event -> event.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }
}
