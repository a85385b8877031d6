package io.evenkeel.writer.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.TrainingRuns;
import io.evenkeel.writer.TestDatabase;
import io.evenkeel.writer.upkeep.Compression;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs' rows on TimescaleDB: compressed chunks. */
class RunLifeOnTimescaleIT extends RunLifeContract {

  @Override
  TestDatabase open() throws Exception {
    return PgliteServer.start();
  }

  @Test
  void shouldKeepAnswersAndTakeRecordsWhenChunksAreCompressed() throws Exception {
    store().write(steps("packed", 0, 0, 300));
    String rows = "select * from ui_v1_layer_steps where run = 'packed' order by step, layer";
    String series = "select * from ui_v1_series('packed', null, 'loss_lm', 0, 299, 300)";
    List<String> told = database().rows(rows);
    List<String> drawn = database().rows(series);
    everybodyIsSilent();

    assertThat(compress()).isPositive();

    assertThat(
            database()
                .value(
                    "select bool_and(is_compressed) from timescaledb_information.chunks"
                        + " where hypertable_name = 'layer_step'"))
        .isEqualTo("t");
    assertThat(database().rows(rows)).isEqualTo(told);
    assertThat(database().rows(series)).isEqualTo(drawn);
    store().write(steps("packed", 0, 100, 200));
    assertThat(database().rows(rows)).as("the same again").isEqualTo(told);
    var base = TrainingRuns.healthy("packed").ranks(2).build().signals(150);
    store().write(List.of(new Entry.Signals(base)));
    store().write(steps("packed", 0, 300, 310));
    assertThat(
            database()
                .value(
                    "select count(*), max(ranks_seen), count(*) filter (where ranks_seen = 2)"
                        + " from ui_v1_run_steps where run = 'packed'"))
        .isEqualTo("310|2|1");
    everybodyIsSilent();
    assertThat(compress()).as("what came since").isPositive();
    assertThat(compress()).isZero();
    assertThat(database().value("select evenkeel_store.delete_run('packed') > 0")).isEqualTo("t");
    assertThat(orphans()).isZero();
  }

  private void everybodyIsSilent() throws SQLException {
    database()
        .execute("update evenkeel_store.incarnation set touched_at = now() - interval '1 day'");
  }

  private int compress() throws SQLException {
    return new Compression(pool(), Duration.ofHours(1)).compress();
  }

  /** Prints what docs/benchmarks.md states. */
  @Test
  void shouldStoreSamplesInFewBytesWhenChunksAreCompressed() throws Exception {
    try (TestDatabase fresh = PgliteServer.start()) {
      fresh.database().migrate();
      // A loss as trainers log it, in single precision, and the loads of 64 experts.
      fresh.execute(
          "insert into evenkeel_store.scalar_step select 1, 0, s, n,"
              + " (2 + exp(-s / 5e3) + 0.05 * sin(s * n * 12.9898))::real::double precision"
              + " from generate_series(0, 19999) s, generate_series(1, 4) n");
      fresh.execute(
          "insert into evenkeel_store.layer_step"
              + " (run_id, incarnation, step, layer, gradient_method, load, probabilities,"
              + " selection_bias, max_violation, coefficient_of_variation, dead_experts,"
              + " entropy_of_mean, entropy_of_mean_normalised, token_entropy_mean,"
              + " token_entropy_normalised, soft_mutual_information, ffn_experts_mean,"
              + " ffn_experts_std, ffn_experts_relative_error, ffn_experts_target, ffn_experts,"
              + " zero_share, router_z, router_logit_max_abs)"
              + " select 1, 0, s, 0, 1, array(select (4096 + round(300 * sin(s * e * 0.7)))::real"
              + " from generate_series(1, 64) e), '{}', '{}', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,"
              + " 64, 0, 0, 0 from generate_series(0, 1999) s");
      try (var connections = fresh.database().open()) {
        new Compression(connections, Duration.ofHours(1)).compress();
      }
      double sample = bytes(fresh, "scalar_step") / (20_000 * 4);
      double element = bytes(fresh, "layer_step") / (2_000 * 64);
      System.out.printf(
          "compressed: %.2f bytes a scalar sample, %.2f a vector element%n", sample, element);
      assertThat(sample).isLessThan(8);
      assertThat(element).isLessThan(4);
    }
  }

  private static double bytes(TestDatabase database, String table) throws SQLException {
    return Double.parseDouble(
        database.value("select hypertable_size('evenkeel_store." + table + "')"));
  }
}
