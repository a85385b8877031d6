package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.upkeep.Ripeness;
import io.evenkeel.writer.upkeep.Roller;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/**
 * Every released schema becomes today's with all its data in it. A released schema is what its
 * migrations made, which are kept under {@code db/released}: those of a version never change, those
 * that are repeated do.
 */
abstract class MigrationContract {

  private static final List<String> QUESTIONS =
      List.of(
          "'run-1', null, 'loss_lm', null, null, 100",
          "'run-1', null, 'loss_lm', 1990, 2050, 100",
          "'run-1', 0, 'loss_lm', 1500, null, 7",
          "'run-1', null, 'gradient_norm', 5, 3333, 50",
          "'run-1', null, 'gradient_norm_ratio', null, null, 30",
          "'run-1', null, 'moe_in.max_abs', null, null, 30",
          "'run-1', null, 'tensor.epsilon_over_rms', null, null, 30",
          "'run-1', null, 'knob.lr', null, null, 9",
          "'run-1', 1, 'scalar.validation', null, null, 9",
          "'run-70', null, 'loss_lm', null, null, 4");

  /** What the views had in release 2; columns have been added since. */
  private static final String RUN_COLUMNS =
      "run, incarnation, step, at, tokens, loss_lm, loss_lb, loss_z, loss_total, gradient_norm,"
          + " clip_coefficient, step_time_millis, telemetry_time_millis, gradient_norm_ratio_max,"
          + " gradient_norm_ratio_mean, logit_gradient_ratio_max, epsilon_over_rms_max,"
          + " below_epsilon_share, loss_spike_score, gradient_norm_spike_score, straggler_skew,"
          + " non_finite, ranks_seen, world_size, emitted_at, late_parts";

  private static final String TENSOR_COLUMNS =
      "run, incarnation, step, tensor, gradient_rms, epsilon_over_rms, below_epsilon_share,"
          + " below_epsilon_nonzero_share, non_finite";

  private static final Pattern FRACTION = Pattern.compile("-?\\d+\\.\\d+(e[-+]\\d+)?");

  /** A new database, empty. */
  abstract TestDatabase open() throws Exception;

  @Test
  void shouldKeepAllDataAndAnswersWhenTheSchemaOfReleaseTwoIsMigrated() throws Exception {
    try (TestDatabase database = open()) {
      Database opened = database.database();
      Flyway.configure()
          .dataSource(opened.url(), opened.user(), opened.password())
          .locations("classpath:db/released/2")
          .defaultSchema("public")
          .table("evenkeel_writer_schema_history")
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
          .load()
          .migrate();
      database.execute(resource("/db/released/fill.sql"));
      Map<String, List<String>> before = answers(database);
      assertThat(before.get(QUESTIONS.get(0))).hasSizeGreaterThan(50);

      opened.migrate();
      assertThat(rounded(answers(database))).isEqualTo(rounded(before));

      try (HikariDataSource pool = opened.open()) {
        new Roller(pool, Ripeness.AT_ONCE).roll(work -> true);
        assertThat(database.value("select count(*) from evenkeel_store.rollup_dirty"))
            .isEqualTo("0");
        assertThat(rounded(answers(database))).isEqualTo(rounded(before));
        storeMore(database, new BatchStore(pool, Clock.systemUTC()));
      }
    }
  }

  /** In a run that was there, and in one that was not. */
  private static void storeMore(TestDatabase database, BatchStore store) throws Exception {
    for (String name : List.of("run-70", "new")) {
      TrainingRun run = TrainingRuns.healthy(name).build();
      store.write(
          List.of(
              new Entry.Observation(run.telemetry(5_000, 0)),
              new Entry.Signals(run.signals(5_000))));
      assertThat(
              database.value(
                  "select slowest_rank is null and lowest_missing_rank is null"
                      + " from ui_v1_run_steps where step = 5000 and run = '%s'".formatted(name)))
          .isEqualTo("t");
      assertThat(
              database.value(
                  "select n from ui_v1_series('%s', null, 'loss_lm', 5000, null, 9)"
                      .formatted(name)))
          .isEqualTo("1");
    }
  }

  private static Map<String, List<String>> answers(TestDatabase database) throws SQLException {
    Map<String, List<String>> answers = new TreeMap<>();
    for (String question : QUESTIONS) {
      answers.put(question, database.rows("select * from ui_v1_series(" + question + ")"));
    }
    for (String view : List.of("layer", "activation", "knob", "scalar")) {
      answers.put(
          view, database.rows("select * from ui_v1_%s_steps order by 1, 3, 4, 5".formatted(view)));
    }
    answers.put(
        "tensor",
        database.rows("select " + TENSOR_COLUMNS + " from ui_v1_tensor_steps order by 1, 3, 4"));
    answers.put(
        "run", database.rows("select " + RUN_COLUMNS + " from ui_v1_run_steps order by run, step"));
    answers.put(
        "runs",
        database.rows(
            "select run, incarnation, first_step, last_step, tokens_total from ui_v1_runs"
                + " order by run"));
    return answers;
  }

  /** To nine digits: means are sums in another order. */
  private static Map<String, List<String>> rounded(Map<String, List<String>> answers) {
    Map<String, List<String>> rounded = new TreeMap<>();
    answers.forEach(
        (question, rows) ->
            rounded.put(
                question,
                rows.stream()
                    .map(
                        row ->
                            FRACTION
                                .matcher(row)
                                .replaceAll(
                                    number -> "%.8e".formatted(Double.parseDouble(number.group()))))
                    .toList()));
    return rounded;
  }

  private static String resource(String name) throws Exception {
    try (InputStream in = MigrationContract.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
