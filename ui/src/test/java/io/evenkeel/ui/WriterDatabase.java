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

  private static final Path CONTROLLER =
      Path.of("..", "controller", "src", "main", "resources", "db", "controller");

  private final EmbeddedPostgres postgres;

  private WriterDatabase(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  /** Starts and migrates. */
  public static WriterDatabase start(Path folder) throws IOException {
    var database = new WriterDatabase(EmbeddedPostgres.start(folder));
    database.migrate();
    return database;
  }

  /** A server without Evenkeel's tables. */
  public static WriterDatabase startEmpty(Path folder) throws IOException {
    return new WriterDatabase(EmbeddedPostgres.start(folder));
  }

  /** Brings the tables. */
  public void migrate() {
    migrate("public", WRITER);
    migrate("controller", CONTROLLER);
  }

  private void migrate(String schema, Path migrations) {
    Flyway.configure()
        .dataSource(url(), user(), password())
        .defaultSchema(schema)
        .table("flyway_history")
        .createSchemas(true)
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .failOnMissingLocations(true)
        .locations("filesystem:" + migrations.toAbsolutePath().normalize())
        .load()
        .migrate();
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
