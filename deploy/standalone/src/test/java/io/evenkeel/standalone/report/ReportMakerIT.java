package io.evenkeel.standalone.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.embedded.EmbeddedPostgres;
import io.evenkeel.standalone.scenario.Expectation;
import io.evenkeel.standalone.sink.Notice;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The report over tables that carry the documented columns of the views; that the views themselves
 * have them is for the system test to say.
 */
class ReportMakerIT {
  private static final String RUN = "r1";
  private static final TrainerReport TRAINER = new TrainerReport(RUN, 0, "cpu", 100, 12.5, 100, 0);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir static Path dir;
  private static EmbeddedPostgres database;

  @BeforeAll
  static void fill() throws Exception {
    database = EmbeddedPostgres.start(dir, Path.of("target", "postgres-bin"));
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          set time zone 'UTC';
          create table ui_v1_runs as select 'r1' as run, 0 as incarnation, timestamptz '2026-01-01T00:00:00Z' as started_at;
          create table ui_v1_run_steps as
            select r as run, 0 as incarnation, s::bigint as step, timestamptz '2026-01-01T00:00:00Z' + s * interval '1 second' as at,
              timestamptz '2026-01-01T00:00:00Z' + s * interval '1 second' + (s + 1) * interval '1 millisecond' as emitted_at,
              64::bigint as tokens, 5 - s / 50.0::double precision as loss_lm, (s + 1)::double precision as step_time_millis,
              0.02 * (s + 1)::double precision as telemetry_time_millis,
              case when s < 20 then 0.5 else 0.0625 end::double precision as gradient_norm_ratio_max
            from generate_series(0, 99) s, (values ('r1'), ('other')) v(r);
          create table ui_v1_telemetry_counts as select 'r1' as run, i as incarnation, 100 - i::bigint as stored from generate_series(0, 1) i;
          create table ui_v1_dead_letters as select t as at from (values (timestamptz '2025-12-31T00:00:00Z'), ('2026-01-01T00:00:05Z')) v(t);
          create table ui_v1_alerts as select 'a1' as alert_id, 'r1' as run, 'gradient-norm-ratio' as rule, 'layers/1' as scope,
            10::bigint as fired_step, 30::bigint as resolved_step,
            timestamptz '2026-01-01T00:00:10Z' as fired_at, timestamptz '2026-01-01T00:00:10.025Z' as fired_emitted_at,
            timestamptz '2026-01-01T00:00:30Z' as resolved_at;
          create table ui_v1_commands as
            select 'r1' as run, 0 as incarnation, n::bigint as sequence, 'load_balance.alpha' as knob, null::text as action,
              8.0 / n as value_from, 4.0 / n as value_to, null::double precision as ack_from, null::double precision as ack_to,
              10 * n::bigint as issued_step, case when n < 3 then (10 * n + 1)::bigint end as applied_step,
              case when n < 3 then timestamptz '2026-01-01T00:00:00Z' + n * interval '10 seconds' + n * interval '300 milliseconds' end as applied_at,
              case when n < 3 then 'applied' else 'pending' end as status
            from generate_series(1, 3) n;
          create table ui_v1_webhook_deliveries as
            select 'n1' as notice_id, 'a1' as alert_id, 'r1' as run, 'firing' as state, 'delivered' as status
            union all select 'n2', 'a1', 'r1', 'resolved', 'delivered'
          """);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @Test
  void shouldMeasureEverythingFromTheRowsWhenARunHasEnded() throws Exception {
    RunReport report = make(notices());

    assertThat(report.steps()).isEqualTo(100);
    assertThat(report.tokens()).isEqualTo(6400);
    assertThat(report.lossFirst()).isEqualTo(5 - 9.5 / 50, within());
    assertThat(report.lossLast()).isEqualTo(5 - 89.5 / 50, within());
    assertThat(report.telemetry()).isEqualTo(new RunReport.Telemetry(100, 100, 0, 1));
    assertThat(report.signals()).isEqualTo(new RunReport.Signals(0.5, 0.0625));
    assertThat(report.alerts())
        .containsExactly(new RunReport.Alert("gradient-norm-ratio", "layers/1", 10, 30L));
    assertThat(report.commands())
        .containsExactly(
            new RunReport.Command(1, "load_balance.alpha", 8.0, 4.0, 10, 11L, "applied"),
            new RunReport.Command(2, "load_balance.alpha", 4.0, 2.0, 20, 21L, "applied"),
            new RunReport.Command(3, "load_balance.alpha", 8.0 / 3, 4.0 / 3, 30, null, "pending"));
    assertThat(report.webhooks()).isEqualTo(new RunReport.Webhooks(2, 2, 0));
    assertThat(report.latencyMs().stepToSignal()).isEqualTo(new Percentiles(50.0, 99.0, 100.0));
    assertThat(report.latencyMs().stepToAlert()).isEqualTo(new Percentiles(25.0, 25.0, 25.0));
    assertThat(report.latencyMs().stepToWebhook()).isEqualTo(new Percentiles(40.0, 60.0, 60.0));
    assertThat(report.latencyMs().stepToCommandApplied())
        .isEqualTo(new Percentiles(300.0, 600.0, 600.0));
    assertThat(report.stepMsP50()).isEqualTo(50.0);
    assertThat(report.telemetryShareOfStep()).isEqualTo(0.02, within());
  }

  @Test
  void shouldWriteTheReleasedNamesWhenAskedForAFile() throws Exception {
    Path file = dir.resolve("deep/r.json");
    make(notices()).write(file);

    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "run_id",
            "backend",
            "steps",
            "tokens",
            "seconds",
            "loss_first",
            "loss_last",
            "telemetry",
            "signals",
            "alerts",
            "commands",
            "webhooks",
            "latency_ms",
            "step_ms_p50",
            "telemetry_share_of_step");
    assertThat(json.at("/telemetry/dead_lettered").asInt()).isEqualTo(1);
    assertThat(json.at("/signals/gradient_norm_ratio_max_first").asDouble()).isEqualTo(0.5);
    assertThat(json.at("/alerts/0/resolved_step").asInt()).isEqualTo(30);
    assertThat(json.at("/commands/2/applied_step").isNull()).isTrue();
    assertThat(json.at("/latency_ms/step_to_command_applied/p99").asDouble()).isEqualTo(600);
  }

  @Test
  void shouldGiveEveryReasonWhenTheRunIsNotAsExpected() throws Exception {
    Expectation met = new Expectation("gradient-norm-ratio", "load_balance.alpha", 2, 0.1);
    assertThat(Verdict.reasons(make(notices()), 100, 2, Optional.of(met)))
        .containsExactly("1 records were dead-lettered");

    Expectation unmet = new Expectation("loss-spike", "load_balance.alpha", 3, 0.01);
    assertThat(Verdict.reasons(make(notices()), 101, 1, Optional.of(unmet)))
        .hasSize(6)
        .anyMatch(reason -> reason.contains("100 steps are stored, not of 101"))
        .anyMatch(reason -> reason.contains("no alert loss-spike"))
        .anyMatch(
            reason -> reason.contains("2 commands for load_balance.alpha were applied, not 3"))
        .anyMatch(reason -> reason.contains("gradient-norm ratio went from 0.5 to 0.0625"))
        .anyMatch(reason -> reason.contains("the sink has 1 notices"));
  }

  @Test
  void shouldWaitUntilAllIsStoredAndSayWhatIsMissingWhenItIsNot() throws Exception {
    DrainWatch watch = new DrainWatch(Duration.ofMillis(600), Duration.ofMillis(100));

    assertThat(watch.await(ReportMakerIT::connect, TRAINER)).isEmpty();
    assertThat(
            watch.await(
                ReportMakerIT::connect, new TrainerReport(RUN, 0, "cpu", 100, 12.5, 101, 0)))
        .hasValueSatisfying(missing -> assertThat(missing).contains("100 of 101 observations"));
  }

  private static RunReport make(List<Notice> notices) throws SQLException {
    try (Connection connection = connect()) {
      return ReportMaker.make(TRAINER, new RunQueries(connection, RUN, 0), notices);
    }
  }

  private static List<Notice> notices() {
    return List.of(
        new Notice("n1", "firing", START.plusMillis(10_040)),
        new Notice("n2", "resolved", START.plusMillis(30_060)),
        new Notice("of-another-run", "firing", START));
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-9);
  }
}
