package io.evenkeel.ui;

import io.evenkeel.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;

/** A database with the writer's and the controller's own migrations, as they stand in this tree. */
public final class WriterDatabase implements AutoCloseable {
  private static final Path WRITER =
      Path.of("..", "ingest", "writer", "src", "main", "resources", "db", "migration");

  // As the controller's migrations make them.
  private static final String CONTROL_VIEWS =
      """
      create table if not exists public.sample_control_state (
        run text, knob text, mode text, held boolean, kill_switch boolean, changed_by text, changed_at timestamptz);
      create or replace view public.ui_v1_control_state as select * from public.sample_control_state;
      create table if not exists public.sample_deliveries (
        notice_id text, alert_id text, run text, rule text, scope text, state text, url text, status text,
        attempts integer, last_error text, accepted_at timestamptz, delivered_at timestamptz);
      create or replace view public.ui_v1_webhook_deliveries as select * from public.sample_deliveries;
      """;

  private final EmbeddedPostgres postgres;

  private WriterDatabase(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  /** Starts and migrates. */
  public static WriterDatabase start(Path folder) throws IOException, SQLException {
    var database = new WriterDatabase(EmbeddedPostgres.start(folder));
    database.migrate();
    return database;
  }

  /** A server without Evenkeel's tables. */
  public static WriterDatabase startEmpty(Path folder) throws IOException {
    return new WriterDatabase(EmbeddedPostgres.start(folder));
  }

  /** Brings the tables. */
  public void migrate() throws SQLException {
    Flyway.configure()
        .dataSource(url(), user(), password())
        .locations("filesystem:" + WRITER.toAbsolutePath().normalize())
        .failOnMissingLocations(true)
        .load()
        .migrate();
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(CONTROL_VIEWS);
    }
  }

  /** JDBC address. */
  public String url() {
    return postgres.jdbcUrl();
  }

  /** User. */
  public String user() {
    return postgres.user();
  }

  /** Password. */
  public String password() {
    return postgres.password();
  }

  /** A new connection. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url(), user(), password());
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
