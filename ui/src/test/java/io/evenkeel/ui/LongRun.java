package io.evenkeel.ui;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * A run of very many steps, written and rolled up by the database itself: loss and gradient norm.
 */
public final class LongRun {
  private static final int BLOCKS_AT_ONCE = 64;

  private LongRun() {}

  /**
   * Writes it.
   *
   * @param run run id
   * @param steps how many
   * @param spike the one step at which the loss is 50 instead of between 2 and 4
   */
  public static void write(Connection database, String run, long steps, long spike)
      throws SQLException {
    database.setAutoCommit(false);
    try (Statement statement = database.createStatement()) {
      statement.execute("insert into evenkeel_store.run(run) values ('" + run + "')");
      String id = "(select run_id from evenkeel_store.run where run = '" + run + "')";
      statement.execute(
          String.format(
              Locale.ROOT,
              "insert into evenkeel_store.declaration values (%s, 0, '%s', 'finished', now() - interval '10 d', now(), 1, 0, %d,"
                  + " '{}', '{}', 1, 4, 1, 2, 1.5, 1, '[]', '[]', 30000, '{}')",
              id,
              run,
              steps));
      statement.execute(
          String.format(
              Locale.ROOT,
              "insert into evenkeel_store.incarnation values (%s, 0, 0, %d, %d, %d, now(), 1, 1, 4, 1, 2, 1.5)",
              id,
              steps - 1,
              steps,
              steps * 4096));
      statement.execute(
          String.format(
              Locale.ROOT,
              "insert into evenkeel_store.step (run_id, incarnation, step, ranks_seen, world_size, at, emitted_at, tokens,"
                  + " loss_lm, gradient_norm, step_time_millis, telemetry_time_millis, straggler_skew, non_finite,"
                  + " last_command_epoch, last_command_sequence, late_parts, dropped_before)"
                  + " select %s, 0, s, 1, 1, now() - interval '10 d' + s * interval '0.8 s', now(), 4096,"
                  + " case when s = %d then 50 else 2 + 2 * exp(-s / 200000.0) + 0.05 * sin(s) end, 0.7 + 0.1 * sin(s), 150, 4, 0, 0,"
                  + " 0, 0, 0, 0 from generate_series(0, %d) s",
              id,
              spike,
              steps - 1));
      for (long block = 0; block <= (steps - 1) >> 10; block += BLOCKS_AT_ONCE) {
        statement.execute(
            String.format(
                Locale.ROOT,
                "select evenkeel_store.roll_blocks(%s, 0, %d, %d)",
                id,
                block,
                Math.min(block + BLOCKS_AT_ONCE - 1, (steps - 1) >> 10)));
      }
      database.commit();
      database.setAutoCommit(true);
      statement.execute("analyze");
    }
  }
}
