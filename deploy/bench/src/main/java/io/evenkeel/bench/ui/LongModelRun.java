package io.evenkeel.bench.ui;

import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.store.BatchStore;
import io.evenkeel.writer.store.Entry;
import io.evenkeel.writer.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * A run of very many steps of a large model, as the database holds it once retention has given up
 * its old rows: roll-ups of everything, rows of the newest block. The rows are written by the
 * writer's own store; the roll-ups are made up by the database, since rolling up so many steps of
 * so many layers would take a day. Entries finer than a chart of the whole run asks for are there
 * for the newest steps alone, where the bench zooms.
 */
final class LongModelRun {

  static final String RUN = "long-moe-1";

  /** Steps of a block of roll-ups. */
  private static final long BLOCK = 1_024;

  /** The part, from the end, of which there are entries of 1,024 steps a layer. */
  static final long MIDDLING = 1L << 20;

  /** The part, from the end, of which there are entries of 16 and 128 steps a layer. */
  static final long FINE = 1L << 16;

  private static final Duration STEP_TIME = Duration.ofMillis(50);
  private static final int STEPS_A_BATCH = 16;

  // Level, first and last bucket, entries in a row, condition on the metric, series, run.
  private static final String ROLL_UPS =
      """
      insert into evenkeel_store.rollup
        (run_id, incarnation, metric_id, part, level, bucket, series, low, high, mean, last)
      select i.run_id, 0, m.metric_id, (m.relation = 'activation_step')::integer, %1$d, b, layer,
        v.low, v.high, v.mean, v.last
      from evenkeel_store.metric m
      cross join generate_series(%2$d::bigint, %3$d::bigint) b
      cross join generate_series(0, %6$d - 1) layer
      cross join (select run_id from evenkeel_store.run where run = '%7$s') i
      cross join lateral (
        select array_agg(at - 0.01) as low, array_agg(at + 0.01) as high, array_agg(at) as mean,
          array_agg(at + 0.005) as last
        from (
          select 0.05 + 0.001 * layer + 0.02 * sin((b * %4$d + e) * power(2.0, %1$d) / 3e5) as at
          from generate_series(0, %4$d - 1) e) entry) v
      where %5$s
      """;

  private static final String OF_STEPS = "m.relation = 'step'";
  private static final String OF_LAYERS =
      "(m.relation = 'layer_step' and m.col in ('gradient_norm_ratio', 'logit_gradient_ratio',"
          + " 'router_cosine_ffn', 'router_z', 'token_entropy_normalised',"
          + " 'soft_mutual_information', 'ffn_experts_mean', 'ffn_experts_std', 'max_violation')"
          + " or m.relation = 'activation_step' and m.col in ('max_abs', 'rms'))";

  /** User scalars that it has besides: so many that nobody scrolls through them. */
  static final int SCALARS = 12_000;

  private static final int SCALAR_STEPS = 4;

  private static final List<String> USER_SCALARS =
      List.of(
          "insert into evenkeel_store.name (name) select 'eval/task_' || i / 100 || '/metric_' || i % 100"
              + " from generate_series(0, %1$d - 1) i on conflict do nothing",
          "insert into evenkeel_store.scalar_step (run_id, incarnation, step, name_id, value)"
              + " select r.run_id, 0, s, n.name_id, n.name_id + s"
              + " from evenkeel_store.run r, evenkeel_store.name n, generate_series(%2$d::bigint, %3$d::bigint) s"
              + " where r.run = '%4$s' and n.name like 'eval/task_%%/metric_%%'",
          "insert into evenkeel_store.rollup"
              + " (run_id, incarnation, metric_id, part, level, bucket, series, low, high, mean, last)"
              + " select r.run_id, 0, m.metric_id, n.name_id, 22, b, 0, array[1.0], array[2.0], array[1.5], array[2.0]"
              + " from evenkeel_store.run r, evenkeel_store.name n, evenkeel_store.metric m,"
              + " generate_series(0, %3$d::bigint >> 22) b where r.run = '%4$s'"
              + " and n.name like 'eval/task_%%/metric_%%' and m.relation = 'scalar_step' and m.col = 'value'");

  private final BatchStore store;
  private final TrainingRun training;
  private final int layers;
  private long next;

  /**
   * A run that is not written yet.
   *
   * @param pool of the writer's database
   * @param steps how long it is already
   * @param layers MoE layers
   * @param experts FFN experts a layer; a quarter as many zero experts besides
   */
  LongModelRun(DataSource pool, long steps, int layers, int experts) {
    this.store = new BatchStore(pool, Clock.systemUTC());
    this.layers = layers;
    this.next = (steps - 1) / BLOCK * BLOCK;
    this.training =
        TrainingRuns.healthy(RUN)
            .layers(layers)
            .experts(experts, experts / 4, 12, 8)
            .pace(Instant.now().minus(STEP_TIME.multipliedBy(steps)), STEP_TIME)
            .build();
  }

  /** Writes the first {@code steps} of it. */
  void write(Connection connection, long steps) throws SQLException, StoreException {
    store.write(List.of(new Entry.Declaration(training.spec())));
    long rowsFrom = next;
    append(steps - rowsFrom);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          String.format(
              Locale.ROOT,
              "update evenkeel_store.incarnation set first_step = 0, raw_from = %d"
                  + " where run_id = (select run_id from evenkeel_store.run where run = '%s')",
              rowsFrom,
              RUN));
      for (int level = 4; level <= 22; level += 3) {
        rollUp(statement, level, rowsFrom, OF_STEPS, 1, level >= 10 ? steps : MIDDLING);
        long covered = level >= 13 ? steps : level == 10 ? MIDDLING : FINE;
        rollUp(statement, level, rowsFrom, OF_LAYERS, layers, covered);
      }
      for (String scalars : USER_SCALARS) {
        statement.execute(
            String.format(Locale.ROOT, scalars, SCALARS, steps - SCALAR_STEPS, steps - 1, RUN));
      }
      statement.execute("vacuum analyze");
    }
  }

  private static void rollUp(
      Statement statement, int level, long to, String metrics, int series, long covered)
      throws SQLException {
    int rowBits = Math.max(level, 10);
    long first = Math.max(0, to - covered) >> rowBits;
    long last = (to - 1) >> rowBits;
    statement.execute(
        String.format(
            Locale.ROOT,
            ROLL_UPS,
            level,
            first,
            last,
            1 << (rowBits - level),
            metrics,
            series,
            RUN));
  }

  /** Adds steps at the end. */
  void append(long steps) throws StoreException {
    List<Entry> batch = new ArrayList<>();
    for (long done = 0; done < steps; done++, next++) {
      for (StepTelemetry telemetry : training.step(next)) {
        batch.add(new Entry.Observation(telemetry));
      }
      batch.add(new Entry.Signals(training.signals(next)));
      if (batch.size() >= 2 * STEPS_A_BATCH) {
        store.write(batch);
        batch.clear();
      }
    }
    store.write(batch);
  }

  /** The name of a user scalar. */
  static String scalar(int index) {
    return "eval/task_" + index / 100 + "/metric_" + index % 100;
  }

  /** How many steps there are. */
  long steps() {
    return next;
  }
}
