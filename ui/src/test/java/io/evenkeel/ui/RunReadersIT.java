package io.evenkeel.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.alerts.AlertFilter;
import io.evenkeel.ui.alerts.AlertReader;
import io.evenkeel.ui.control.AuditReader;
import io.evenkeel.ui.control.ControlReader;
import io.evenkeel.ui.control.ControlState;
import io.evenkeel.ui.control.KnobState;
import io.evenkeel.ui.rundetail.RunReading;
import io.evenkeel.ui.runs.RunHeader;
import io.evenkeel.ui.runs.RunRow;
import io.evenkeel.ui.runs.RunsReader;
import io.evenkeel.ui.store.NoSuchRun;
import io.evenkeel.ui.store.StoreFault;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** The readers against the writer's and the controller's own migrations on a real PostgreSQL. */
class RunReadersIT {

  @TempDir static Path folder;

  private static WriterDatabase database;
  private static HikariDataSource pool;
  private static JdbcClient client;

  @BeforeAll
  static void start() throws Exception {
    database = WriterDatabase.start(folder.resolve("full"));
    pool = new HikariDataSource();
    pool.setJdbcUrl(database.url());
    pool.setUsername(database.user());
    pool.setPassword(database.password());
    client = JdbcClient.create(pool);
  }

  @AfterAll
  static void stop() throws Exception {
    pool.close();
    database.close();
  }

  @Test
  void shouldListRunsWithTheirStateWhenSomeHaveTelemetry() throws Exception {
    try (Connection connection = database.connect()) {
      sample(connection, "listed", 60);
    }

    RunRow row =
        new RunsReader(client)
            .all().stream()
                .filter(candidate -> candidate.header().run().equals("listed"))
                .findFirst()
                .orElseThrow();

    RunHeader header = row.header();
    assertThat(header.status()).isEqualTo("running");
    assertThat(header.lastStep()).isEqualTo(59);
    assertThat(header.openAlerts()).isEqualTo(1);
    assertThat(row.gradientNormRatioMax()).isBetween(0.9, 1.0);
    assertThat(row.tokensPerSecond()).isCloseTo(4096 / 0.25, Offset.offset(1.0));
    assertThat(row.worst())
        .isEqualTo(new RunRow.Signal("gradient-norm-ratio", 0.9, 0.1, RunRow.Standing.ALARM));
    assertThat(row.losses()).isNotEmpty().hasSizeLessThanOrEqualTo(40);
    assertThat(header.knobs()).hasSize(6);
    assertThat(header.knobs().get(0).knob()).isEqualTo("load_balance.alpha");
    assertThat(header.knobs().get(0).maximum()).isEqualTo(1);
    assertThat(header.knobs().get(0).maxFactor()).isEqualTo(2);
  }

  @Test
  void shouldFollowARunWithoutLosingOrRepeatingAStepWhenItGoesOn() throws Exception {
    try (Connection connection = database.connect()) {
      SampleRun run = sample(connection, "followed", 100);
      RunReading reading = new RunReading(client, "followed");

      assertThat(reading.steps("gradient-norm-ratio", "layer 0")).hasSize(100).isSorted();
      run.steps(100, 130);
      assertThat(reading.steps("gradient-norm-ratio", "layer 0"))
          .hasSize(130)
          .doesNotHaveDuplicates()
          .isSorted();
      assertThat(reading.steps("activations", "layer 1")).hasSize(260);
      assertThat(reading.steps("losses", "language model")).hasSize(130);
      assertThat(reading.steps("losses", "language model")).doesNotHaveDuplicates();
      assertThat(reading.generation()).isEqualTo(1);
      assertThat(reading.knobValues("load_balance.alpha")).contains(0.5, 0.25, 0.125);
      assertThat(reading.loadColumns()).isGreaterThan(60);
    }
  }

  @Test
  void shouldKeepASpikeOfOneStepWhenTheRunIsLong() throws Exception {
    try (Connection connection = database.connect()) {
      sample(connection, "spiky", 1000);
    }

    RunReading reading = new RunReading(client, "spiky");

    assertThat(reading.steps("losses", "language model").size()).isLessThanOrEqualTo(600);
    assertThat(reading.largest("losses", "total")).isGreaterThan(3);
    assertThat(reading.nonFinite("losses")).isNotEmpty();
  }

  @Test
  void shouldReadHowARunIsSteered() throws Exception {
    try (Connection connection = database.connect()) {
      SampleRun run = sample(connection, "steered", 100);
      run.audit(
          "s-1",
          90,
          Instant.now(),
          "policy:epsilon",
          "proposed",
          "advise",
          "adam.epsilon",
          1e-8,
          1e-9,
          "near",
          "");
      run.setting("", "advise", false, true);
      run.setting("hidden_z.lambda", "advise", true, false);
      connection.commit();
    }

    ControlState state =
        new ControlReader(client, new RunsReader(client), audit(), Clock.systemUTC())
            .read("steered");

    assertThat(state.mode()).isEqualTo("advise");
    assertThat(state.killSwitch()).isEqualTo(HoldState.HELD);
    assertThat(state.knobs()).hasSize(6);
    assertThat(state.knobs().get(0).value()).isEqualTo(0.125);
    assertThat(state.knobs().stream().filter(knob -> knob.hold() == HoldState.HELD))
        .singleElement()
        .satisfies(knob -> assertThat(knob.declared().knob()).isEqualTo("hidden_z.lambda"));
    assertThat(state.proposals())
        .singleElement()
        .satisfies(p -> assertThat(p.auditId()).isEqualTo("s-1"));
    assertThat(state.commands()).hasSize(2).allMatch(command -> command.status().equals("applied"));
    assertThat(state.commands().get(0).from()).isEqualTo(0.25);
    assertThat(state.audit()).hasSize(3);
  }

  @Test
  void shouldKnowTheLastChangeAndWhatTheRunOffersWhenARunIsSteered() throws Exception {
    try (Connection connection = database.connect()) {
      sample(connection, "changed", 100);
    }

    ControlState state =
        new ControlReader(client, new RunsReader(client), audit(), Clock.systemUTC())
            .read("changed");

    assertThat(state.knobs().get(0).last())
        .isNotNull()
        .satisfies(
            last -> {
              assertThat(last.by()).isEqualTo("policy:alpha");
              assertThat(last.from()).isEqualTo(0.25);
              assertThat(last.to()).isEqualTo(0.125);
            });
    assertThat(state.knobs().get(0).flight()).isEqualTo(KnobState.Flight.NONE);
    assertThat(state.knobs().get(1).last()).isNull();
    assertThat(state.audit().get(0).evidence()).containsEntry("limit", 0.1);
  }

  private static AuditReader audit() {
    return new AuditReader(pool, new DataSourceTransactionManager(pool));
  }

  @Test
  void shouldReadIncidentsOfARunAndOfAll() throws Exception {
    try (Connection connection = database.connect()) {
      sample(connection, "alarmed", 200);
    }

    var alerts = new AlertReader(client);
    assertThat(alerts.newest(AlertFilter.ofRun("alarmed"), 9))
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert.state()).isEqualTo("resolved");
              assertThat(alert.firedStep()).isEqualTo(24);
              assertThat(alert.resolvedStep()).isEqualTo(190);
              assertThat(alert.severity()).isEqualTo("critical");
            });
    assertThat(alerts.newest(AlertFilter.ofRun("nobody"), 9)).isEmpty();
    assertThat(alerts.newest(AlertFilter.ALL, 9)).isNotEmpty();
  }

  @Test
  void shouldSayThatThereIsNoSuchRun() {
    assertThatThrownBy(() -> new RunReading(client, "nobody")).isInstanceOf(NoSuchRun.class);
  }

  @Test
  void shouldSayThatTheDatabaseIsEmptyAndGoOnWhenItsTablesCome() throws Exception {
    try (WriterDatabase empty = WriterDatabase.startEmpty(folder.resolve("empty"));
        HikariDataSource other = new HikariDataSource()) {
      other.setJdbcUrl(empty.url());
      other.setUsername(empty.user());
      other.setPassword(empty.password());
      var reader = new RunsReader(JdbcClient.create(other));

      assertThatThrownBy(reader::all)
          .isInstanceOfSatisfying(
              RuntimeException.class,
              failure -> assertThat(StoreFault.of(failure).id()).isEqualTo(ErrorId.DB_MIGRATION));
      empty.migrate();
      assertThat(reader.all()).isEqualTo(List.of());
    }
  }

  private static SampleRun sample(Connection connection, String run, long steps) throws Exception {
    connection.setAutoCommit(false);
    var sample = new SampleRun(connection, run, run, 2, 8, 2, Instant.now().minusSeconds(300));
    sample.steps(0, steps);
    return sample;
  }
}
