package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.Samples;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.upkeep.Ripeness;
import io.evenkeel.writer.upkeep.Roller;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Identity and order as docs/ARCHITECTURE.md has them, the same on every kind of database: two
 * trainers under one name, an incarnation that comes after a newer one, the same record a thousand
 * times.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class IdentityContract {

  /** What is stored of a run's step, but for when. */
  private static final List<String> PARTS =
      List.of(
          "select ranks_seen, loss_lm, tokens from ui_v1_run_steps where run = '%s' order by step",
          "select layer, max_violation from ui_v1_layer_steps where run = '%s' order by step, layer",
          "select layer, site, max_abs from ui_v1_activation_steps where run = '%s'"
              + " order by step, layer, site",
          "select tensor, gradient_rms from ui_v1_tensor_steps where run = '%s' order by tensor",
          "select knob, scope, value from ui_v1_knob_steps where run = '%s' order by knob, scope",
          "select name, value from ui_v1_scalar_steps where run = '%s' order by name");

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

  @Test
  void shouldKeepTheFirstObservationWhenTwoTrainersSendUnderOneName() throws Exception {
    for (String run : List.of("together", "apart")) {
      List<Entry> first = observations(TrainingRuns.healthy(run).ranks(2).build(), 20);
      List<Entry> second =
          observations(TrainingRuns.healthy(run).ranks(2).seed(9).tokensPerRank(64).build(), 30);
      if (run.equals("together")) {
        List<Entry> both = new ArrayList<>(first);
        both.addAll(second);
        store.write(both);
      } else {
        store.write(first);
        store.write(second);
        store.write(first);
      }
      assertThat(
              database.rows(
                  "select tokens, count(*), min(step), max(step) from evenkeel_store.observation"
                      + " where run_id = (select run_id from evenkeel_store.run where run = '%s')"
                          .formatted(run)
                      + " group by 1 order by 1"))
          .as(run)
          .containsExactly("64|20|20|29", "512|40|0|19");
      assertThat(
              database.value(
                  "select stored, tokens_total, c.last_step from ui_v1_telemetry_counts c"
                      + " join ui_v1_runs using (run) where run = '%s'".formatted(run)))
          .as(run)
          .isEqualTo("60|" + (40 * 512 + 20 * 64) + "|29");
    }
  }

  @Test
  void shouldShowAStepAsTheMostRanksTellItAndOfEqualsAsTheFirstHoweverTheyCome() throws Exception {
    List<List<Integer>> orders =
        List.of(
            List.of(0, 1, 2),
            List.of(0, 2, 1),
            List.of(1, 0, 2),
            List.of(1, 2, 0),
            List.of(2, 0, 1),
            List.of(2, 1, 0));
    for (int i = 0; i < orders.size(); i++) {
      List<Integer> order = orders.get(i);
      int winner = order.stream().filter(teller -> teller > 0).findFirst().orElseThrow();
      store.write(List.of(tellers("alone-" + i).get(winner)));
      List<Entry> batch = order.stream().map(tellers("batch-" + i)::get).toList();
      store.write(batch);
      for (int teller : order) {
        store.write(List.of(tellers("one-by-one-" + i).get(teller)));
      }
      for (String sql : PARTS) {
        List<String> expected = database.rows(sql.formatted("alone-" + i));
        assertThat(expected).isNotEmpty();
        for (String run : List.of("batch-" + i, "one-by-one-" + i)) {
          assertThat(database.rows(sql.formatted(run)))
              .as("%s of %s", order, sql.formatted(run))
              .isEqualTo(expected);
        }
      }
    }
    new Roller(pool, Ripeness.AT_ONCE).roll(work -> true);
    for (String metric : List.of("scalar.of-0", "knob.knob-0", "gradient_norm_ratio")) {
      String series =
          "select series, n from ui_v1_series('%s', null, '" + metric + "', 0, 15, 1) order by 1";
      for (int i = 0; i < orders.size(); i++) {
        assertThat(database.rows(series.formatted("one-by-one-" + i)))
            .as("%s of %s", metric, orders.get(i))
            .isEqualTo(database.rows(series.formatted("alone-" + i)));
      }
    }
  }

  /** One step as one rank tells it, and as two pairs of ranks do, each with parts of its own. */
  private static List<Entry> tellers(String run) {
    List<Entry> tellers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      StepSignals base = TrainingRuns.healthy(run).ranks(2).seed(i + 1).build().signals(5);
      tellers.add(
          new Entry.Signals(
              Signals.of(
                  base,
                  base.key(),
                  i == 0 ? 1 : 2,
                  base.losses(),
                  base.layers().subList(i, 3),
                  base.activations().subList(0, 3 - i),
                  base.tensors().subList(i, 3),
                  List.of(new KnobValue("knob-" + i, "", i)),
                  Map.of("of-" + i, 1.0 + i, "of-all", 2.0 + i))));
    }
    return tellers;
  }

  @Test
  void shouldTakeTheLastDeclarationButNeverGoBackFromTheEnd() throws Exception {
    RunSpec first = TrainingRuns.healthy("declared").build().spec();
    RunSpec second = TrainingRuns.healthy("declared").ranks(4).build().spec();
    String told = "select world_size, status from ui_v1_runs where run = 'declared'";

    assertThat(told(told, first, RunStatus.RUNNING)).isEqualTo("1|running");
    assertThat(told(told, second, RunStatus.RUNNING)).isEqualTo("4|running");
    assertThat(told(told, first, RunStatus.PAUSED)).isEqualTo("1|paused");
    assertThat(told(told, first, RunStatus.FINISHED)).isEqualTo("1|finished");
    assertThat(told(told, second, RunStatus.RUNNING)).isEqualTo("1|finished");
    assertThat(told(told, second, RunStatus.FAILED)).isEqualTo("4|failed");
  }

  private String told(String sql, RunSpec spec, RunStatus status)
      throws StoreException, SQLException {
    store.write(List.of(new Entry.Declaration(Samples.declaration(spec, status, 0))));
    return database.value(sql);
  }

  @Test
  void shouldChangeNothingThatIsSupersededWhenAnOlderIncarnationComesAfterANewerOne()
      throws Exception {
    List<Entry> newest = RunLifeContract.steps("late", 2, 100, 500);
    store.write(newest);
    new Roller(pool, Ripeness.AT_ONCE).roll(work -> true);
    String steps = "select * from ui_v1_run_steps where run = 'late' and step >= 100 order by step";
    String layers =
        "select * from ui_v1_layer_steps where run = 'late' and step >= 100 order by step, layer";
    String chart = "select * from ui_v1_series('late', null, 'loss_lm', 100, 499, 40) order by 2";
    List<String> toldSteps = database.rows(steps);
    List<String> toldLayers = database.rows(layers);

    // The oldest last: 90 to 399 as incarnation 1, 0 to 199 as incarnation 0, and an alert of each.
    store.write(RunLifeContract.steps("late", 1, 90, 400));
    store.write(List.of(new Entry.Alert(Samples.alert("late", "a1", AlertState.FIRING, 12))));
    List<Entry> oldest = RunLifeContract.steps("late", 0, 0, 200);
    store.write(oldest);
    store.write(oldest);

    for (String when : List.of("from the rows", "from roll-ups")) {
      assertThat(database.rows(steps)).as(when).isEqualTo(toldSteps);
      assertThat(database.rows(layers)).as(when).isEqualTo(toldLayers);
      assertThat(
              database.rows(
                  "select incarnation, min(step), max(step), count(*) from ui_v1_run_steps"
                      + " where run = 'late' group by 1 order by 1"))
          .as(when)
          .containsExactly("0|0|89|90", "1|90|99|10", "2|100|499|400");
      assertThat(
              database.value(
                  "select min(bucket_step), sum(n) from ui_v1_series('late', null, 'loss_lm',"
                      + " null, null, 2000)"))
          .as(when)
          .isEqualTo("0|500");
      assertThat(
              database.value(
                  "select min(bucket_step), sum(n) from ui_v1_series('late', 1, 'loss_lm',"
                      + " null, null, 2000)"))
          .as("an older one, asked for by its number, " + when)
          .isEqualTo("90|310");
      assertThat(database.rows(chart).stream().mapToLong(row -> count(row)).sum())
          .as(when)
          .isEqualTo(400);
      new Roller(pool, Ripeness.AT_ONCE).roll(work -> true);
    }
    assertThat(
            database.rows(
                "select incarnation, stored, first_step, last_step from ui_v1_telemetry_counts"
                    + " where run = 'late' order by 1"))
        .containsExactly("0|200|0|199", "1|310|90|399", "2|400|100|499");
    assertThat(
            database.value(
                "select incarnation, first_step, last_step, open_alerts, tokens_total,"
                    + " (select superseded from ui_v1_alerts a where a.run = r.run)"
                    + " from ui_v1_runs r where run = 'late'"))
        .isEqualTo("2|0|499|0|" + 500 * 512 + "|t");
  }

  private static long count(String row) {
    String[] fields = row.split("\\|", -1);
    return Long.parseLong(fields[fields.length - 1]);
  }

  @Test
  void shouldStoreOneRowAndCountOneWhenTheSameRecordComesAThousandTimes() throws Exception {
    List<Entry> records = everyKind("thousand");
    List<Entry> copies = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      copies.addAll(records);
    }
    for (int batch = 0; batch < 20; batch++) {
      Collections.rotate(copies, 1);
      store.write(copies);
    }
    String number =
        " where run_id = (select run_id from evenkeel_store.run where run = 'thousand')";
    for (String table :
        List.of(
            "observation",
            "declaration",
            "step",
            "alert_event",
            "command",
            "command_ack",
            "audit")) {
      assertThat(database.value("select count(*) from evenkeel_store." + table + number))
          .as(table)
          .isEqualTo("1");
    }
    assertThat(
            database.value(
                "select count(*) from ui_v1_dead_letters where source_topic = 'of the thousand'"))
        .isEqualTo("1");
    assertThat(
            database.value(
                "select stored, dropped, tokens_total from ui_v1_telemetry_counts"
                    + " join ui_v1_runs using (run) where run = 'thousand'"))
        .isEqualTo("1|3|512");
    assertThat(database.value("select count(*) from evenkeel_store.rollup_dirty" + number))
        .as("changes that call for a roll-up")
        .isEqualTo("1");
  }

  private static List<Entry> everyKind(String name) {
    TrainingRun run = TrainingRuns.healthy(name).build();
    byte[] bytes = "garbage".getBytes(StandardCharsets.UTF_8);
    return List.of(
        new Entry.Declaration(run.spec()),
        new Entry.Observation(Samples.dropped(run.telemetry(7, 0), 3)),
        new Entry.Signals(run.signals(7)),
        new Entry.Alert(Samples.alert(name, "a1", AlertState.FIRING, 12)),
        new Entry.Issued(Samples.command(name, 1, new SetKnob("adam.epsilon", "", 1e-9, null))),
        new Entry.Answer(Samples.ack(name, 1, AckStatus.APPLIED)),
        new Entry.Decision(Samples.audit(name, "d1")),
        new Entry.Letter(
            new DeadLetter(
                new DeadLetter.Origin("of the thousand", 0, 7),
                new byte[0],
                bytes,
                bytes.length,
                "EVK-WIRE-MALFORMED",
                "not protobuf",
                "analytics",
                Samples.START)));
  }

  private static List<Entry> observations(TrainingRun run, int steps) {
    return run.stream(steps).map(telemetry -> (Entry) new Entry.Observation(telemetry)).toList();
  }
}
