package io.evenkeel.standalone.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backtest over tables that carry the documented columns of the views. */
class BacktestIT {

  @TempDir Path folder;

  @Test
  void shouldTellWhereRulesWouldHaveFiredWhenARunIsStored() throws Exception {
    try (EmbeddedPostgres database =
            EmbeddedPostgres.start(folder, Path.of("target", "postgres-bin"));
        Connection connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            """
            create table ui_v1_run_steps as
              select r as run, i as incarnation, s::bigint as step, timestamptz '2026-01-01T00:00:00Z' + s * interval '1 second' as at,
                timestamptz '2026-01-01T00:00:00Z' + s * interval '1 second' as emitted_at, 64::bigint as tokens,
                (case when s between 20 and 29 then 9 else 3 end)::double precision as loss_lm, null::double precision as loss_lb,
                'NaN'::double precision as loss_z, 1 as ranks_seen, 1 as world_size, 250::double precision as step_time_millis,
                0::double precision as telemetry_time_millis, 0::double precision as straggler_skew, 0::bigint as non_finite, 0::bigint as late_parts
              from generate_series(0, 79) s, (values ('r1'), ('other')) v(r), lateral (select case when s < 60 then 0 else 1 end as i) n;
            create table ui_v1_layer_steps as
              select 'r1' as run, 0 as incarnation, s::bigint as step, l as layer, array[10, 0, 5]::real[] as load, array[]::real[] as probabilities,
                array[]::real[] as selection_bias, (case when l = 1 and s >= 40 then 3 else 0.5 end)::double precision as max_violation, 1 as dead_experts,
                2 as ffn_experts, 0::double precision as zero_share
              from generate_series(0, 79) s, generate_series(0, 1) l;
            create table ui_v1_scalar_steps as
              select 'r1' as run, 0 as incarnation, s::bigint as step, 'accuracy' as name, s / 100.0::double precision as value from generate_series(0, 79) s;
            create table ui_v1_knob_steps as
              select 'r1' as run, 0 as incarnation, s::bigint as step, 'load_balance.alpha' as knob, '' as scope, 0.001::double precision as value
              from generate_series(0, 79) s;
            create table ui_v1_activation_steps as
              select 'r1' as run, 0 as incarnation, 5::bigint as step, 0 as layer, 'moe_in' as site, 2000::double precision as max_abs, 0::bigint as non_finite;
            create table ui_v1_tensor_steps as
              select 'r1' as run, 0 as incarnation, 7::bigint as step, 'embed' as tensor, 0.1::double precision as gradient_rms, 0::bigint as non_finite
            """);
      }
      BacktestReport report =
          BacktestCommand.over(
              connection,
              "r1",
              RuleFileTest.rules(
                  """
                  rules:
                    - {rule: high, expression: loss, threshold: 5, for: 3}
                    - {rule: crowded, expression: layer.max_vio > 2.0}
                    - {rule: absent, expression: loss_lb > 1 || loss_z > 1}
                    - {rule: scalar, expression: 'scalars.accuracy >= 0.7 && knobs["load_balance.alpha"] < 1.0'}
                    - {rule: lists, expression: 'activations.exists(a, a.site == "moe_in" && a.max_abs > 1000.0) || tensors.exists(t, t.name == "embed")'}
                    - {rule: broken, expression: step % (step - 50) >= 0}
                    - {rule: elsewhere, expression: loss > 0, run: r2}
                    - {rule: loss-spike, threshold: 1e300}
                  """),
              "f.yaml");

      assertThat(report.steps()).isEqualTo(80);
      assertThat(report.hits())
          .extracting(
              hit ->
                  hit.rule()
                      + " "
                      + hit.scope()
                      + " "
                      + hit.incarnation()
                      + " "
                      + hit.firedStep()
                      + ".."
                      + hit.resolvedStep())
          .containsExactlyInAnyOrder(
              "broken run 0 0..50",
              "broken rule 0 50..59",
              "broken run 1 60..null",
              "lists run 0 5..6",
              "lists run 0 7..8",
              "high run 0 22..30",
              "crowded layers/1 0 40..59",
              "crowded layers/1 1 60..null",
              "scalar run 1 70..null");
      assertThat(report.rules())
          .contains(
              new BacktestReport.Rule("absent", 0, 0),
              new BacktestReport.Rule("high", 80, 1),
              new BacktestReport.Rule("loss-spike", 80, 0))
          .noneMatch(rule -> rule.rule().equals("elsewhere"));
      Path json = folder.resolve("report.json");
      report.write(json);
      JsonNode read = new ObjectMapper().readTree(json.toFile());
      assertThat(read.get("run_id").asText()).isEqualTo("r1");
      assertThat(read.get("hits")).hasSize(9);
    }
  }
}
