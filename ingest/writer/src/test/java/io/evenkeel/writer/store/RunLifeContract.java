package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.Samples;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.upkeep.Retention;
import io.evenkeel.writer.upkeep.Ripeness;
import io.evenkeel.writer.upkeep.Roller;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What becomes of a run's rows, the same on every kind of database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RunLifeContract {

  private static final Duration MONTH = Duration.ofDays(30);

  private TestDatabase database;
  private HikariDataSource pool;
  private BatchStore store;

  /** A new database, empty. */
  abstract TestDatabase open() throws Exception;

  @BeforeAll
  void migrate() throws Exception {
    database = open();
    database.database().migrate();
    pool = database.database().open();
    store = new BatchStore(pool, Clock.systemUTC());
  }

  @AfterAll
  void close() throws Exception {
    if (pool != null) {
      pool.close();
    }
    if (database != null) {
      database.close();
    }
  }

  TestDatabase database() {
    return database;
  }

  HikariDataSource pool() {
    return pool;
  }

  BatchStore store() {
    return store;
  }

  @Test
  void shouldLeaveNothingOfADeletedRunWhoseTrainerStillSends() throws Exception {
    store.write(steps("deleted", 0, 0, 50));
    store.write(steps("kept", 0, 0, 20));
    new Roller(pool, Ripeness.AT_ONCE).roll(work -> true);
    String kept = database.value("select count(*) from ui_v1_layer_steps where run = 'kept'");
    long rows = 0;
    for (String table : tables()) {
      rows +=
          Long.parseLong(
              database.value(
                  "select count(*) from evenkeel_store."
                      + table
                      + " where run_id = (select run_id from evenkeel_store.run where run = 'deleted')"));
    }

    assertThat(database.value("select evenkeel_store.delete_run('deleted')"))
        .isEqualTo(Long.toString(rows));

    assertThat(orphans()).isZero();
    assertThat(database.rows("select run from ui_v1_runs where run = 'deleted'")).isEmpty();
    assertThatThrownBy(() -> database.value("select evenkeel_store.delete_run('deleted')"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("unknown run");
    // The same writer, which has known the run: it is a new one now.
    store.write(steps("deleted", 0, 50, 60));
    assertThat(orphans()).isZero();
    assertThat(
            database.value(
                "select stored, first_step from ui_v1_telemetry_counts where run = 'deleted'"))
        .isEqualTo("10|50");
    assertThat(database.value("select count(*) from ui_v1_layer_steps where run = 'kept'"))
        .isEqualTo(kept);
  }

  @Test
  void shouldDrawASilentRunsChartsFromRollUpsWhenItsRowsAreGivenUp() throws Exception {
    // Incarnation 1 begins among 16 steps: at 1005.
    store.write(steps("old", 0, 0, 1_500));
    store.write(steps("old", 1, 1_005, 2_001));
    store.write(List.of(new Entry.Alert(Samples.alert("old", "a-old", AlertState.FIRING, 12))));
    store.write(steps("young", 0, 0, 30));
    String question = "select * from ui_v1_series('old', null, '%s', 0, 2015, 63) order by 1, 2";
    List<String> losses = database.rows(question.formatted("loss_lm"));
    List<String> ratios = database.rows(question.formatted("gradient_norm_ratio"));
    String run = "select tokens_total, loss_last, last_step from ui_v1_runs where run = 'old'";
    String told = database.value(run);
    new Roller(pool, Ripeness.AT_ONCE).roll(work -> true);
    age("old", 40);

    assertThat(new Retention(pool, MONTH).giveUp()).isEqualTo(1);

    assertThat(database.rows("select run from ui_v1_run_steps where run = 'old'")).isEmpty();
    assertThat(database.value("select count(*) from ui_v1_run_steps where run = 'young'"))
        .isEqualTo("30");
    assertThat(withoutMeans(database.rows(question.formatted("loss_lm"))))
        .isEqualTo(withoutMeans(losses));
    assertThat(withoutMeans(database.rows(question.formatted("gradient_norm_ratio"))))
        .isEqualTo(withoutMeans(ratios));
    assertThat(database.value(run)).isEqualTo(told);
    assertThat(database.value("select state from ui_v1_alerts where run = 'old'"))
        .isEqualTo("firing");
    assertThat(
            database.rows(
                "select run from ui_v1_runs where rows_given_up and run in ('old', 'young')"))
        .containsExactly("old");
    // Buckets of 16 steps at least, the range rounded outwards.
    assertThat(
            database.value(
                "select min(bucket_step), sum(n), count(*)"
                    + " from ui_v1_series('old', null, 'loss_lm', 20, 40, 100)"))
        .isEqualTo("16|32|2");
    // A record that comes once more changes no chart.
    store.write(steps("old", 1, 1_800, 1_810));
    new Roller(pool, Ripeness.AT_ONCE).roll(work -> true);
    assertThat(withoutMeans(database.rows(question.formatted("loss_lm"))))
        .isEqualTo(withoutMeans(losses));
    assertThat(new Retention(pool, MONTH).giveUp()).isZero();
  }

  /** A run's records have come so many days earlier. */
  void age(String run, int days) throws SQLException {
    database.execute(
        "update evenkeel_store.incarnation set touched_at = now() - interval '%d days'"
                .formatted(days)
            + " where run_id = (select run_id from evenkeel_store.run where run = '%s')"
                .formatted(run));
  }

  /** Rows of runs that are not there. */
  long orphans() throws SQLException {
    long orphans = 0;
    for (String table : tables()) {
      orphans +=
          Long.parseLong(
              database.value(
                  "select count(*) from evenkeel_store.%s t".formatted(table)
                      + " where not exists (select from evenkeel_store.run r"
                      + " where r.run_id = t.run_id)"));
    }
    return orphans;
  }

  private List<String> tables() throws SQLException {
    return database.rows(
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
            + " and a.attname = 'run_id' where c.relnamespace = 'evenkeel_store'::regnamespace"
            + " and c.relkind in ('r', 'p') and not c.relispartition");
  }

  /** Steps of a run of one rank with all that belongs to them. */
  static List<Entry> steps(String name, int incarnation, long from, long to) {
    TrainingRun run = TrainingRuns.healthy(name).incarnation(incarnation).build();
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry.Declaration(Samples.declaration(run.spec(), RunStatus.RUNNING, from)));
    for (long step = from; step < to; step++) {
      entries.add(new Entry.Observation(run.telemetry(step, 0)));
      entries.add(new Entry.Signals(run.signals(step)));
    }
    return entries;
  }

  /** Means are sums in another order. */
  private static List<String> withoutMeans(List<String> rows) {
    return rows.stream()
        .map(row -> row.split("\\|", -1))
        .map(f -> String.join("|", f[0], f[1], f[2], f[3], f[5], f[6]))
        .toList();
  }
}
