package io.evenkeel.writer;

import io.evenkeel.embedded.EmbeddedPostgres;
import io.evenkeel.writer.store.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An empty database of its own for one test class, on the embedded server, which all classes of the
 * JVM share, or on the server that {@code EVENKEEL_TEST_DB_URL} (with {@code _USER} and {@code
 * _PASSWORD}) names.
 */
public final class TestDatabase implements AutoCloseable {

  private static @Nullable EmbeddedPostgres shared;

  private final Database server;
  private final Database database;
  private final String name;
  private final Release release;

  /** What ends a database. */
  @FunctionalInterface
  public interface Release {

    /** Ends it. */
    void run() throws SQLException;
  }

  private TestDatabase(Database server, Database database, String name, Release release) {
    this.server = server;
    this.database = database;
    this.name = name;
    this.release = release;
  }

  /** A database that is there already, and whole: for a server with just one. */
  public static TestDatabase of(Database database, Release release) {
    return new TestDatabase(database, database, "postgres", release);
  }

  private static TestDatabase on(Database server) throws SQLException {
    String name = "evk_" + UUID.randomUUID().toString().replace("-", "");
    String url = server.url().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1");
    execute(server, "create database " + name);
    return new TestDatabase(
        server,
        new Database(url, server.user(), server.password()),
        name,
        () -> drop(server, name));
  }

  /** Creates it. */
  public static TestDatabase create() throws IOException, SQLException {
    String url = System.getenv("EVENKEEL_TEST_DB_URL");
    if (url != null && !url.isBlank()) {
      return on(
          new Database(
              url,
              System.getenv().getOrDefault("EVENKEEL_TEST_DB_USER", "postgres"),
              System.getenv().getOrDefault("EVENKEEL_TEST_DB_PASSWORD", "")));
    }
    EmbeddedPostgres embedded = embedded();
    return on(new Database(embedded.jdbcUrl(), embedded.user(), embedded.password()));
  }

  private static synchronized EmbeddedPostgres embedded() throws IOException {
    if (shared == null) {
      Path data = Files.createTempDirectory("evenkeel-writer-test");
      EmbeddedPostgres started =
          EmbeddedPostgres.start(data, Path.of("target", "postgres-bin").toAbsolutePath());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started, data)));
      shared = started;
    }
    return shared;
  }

  private static void stop(EmbeddedPostgres database, Path data) {
    try {
      database.close();
      try (var files = Files.walk(data)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How the writer opens it. */
  public Database database() {
    return database;
  }

  /** From now on the database is away: connections are cut, and none is let in. */
  public void refuseConnections() throws SQLException {
    refuseConnections(server, name);
  }

  private static void refuseConnections(Database server, String name) throws SQLException {
    execute(server, "alter database " + name + " allow_connections false");
    // Not autovacuum, which an ordinary account may not end.
    execute(
        server,
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where backend_type = 'client backend' and datname = '"
            + name
            + "'");
  }

  /** Not by force, which an ordinary account may not use on autovacuum: the server ends that. */
  private static void drop(Database server, String name) throws SQLException {
    refuseConnections(server, name);
    execute(server, "drop database " + name);
  }

  /** The database is back. */
  public void acceptConnections() throws SQLException {
    execute(server, "alter database " + name + " allow_connections true");
  }

  /** A plain connection. */
  public Connection connect() throws SQLException {
    Database database = database();
    return DriverManager.getConnection(database.url(), database.user(), database.password());
  }

  /** Runs statements. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The rows of a query, each as its columns' text joined by '|'; null is "null". */
  public List<String> rows(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> fields = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          fields.add(String.valueOf(result.getString(i)));
        }
        rows.add(String.join("|", fields));
      }
      return rows;
    }
  }

  /** The one field of a one-row query. */
  public String value(String sql) throws SQLException {
    List<String> rows = rows(sql);
    if (rows.size() != 1) {
      throw new IllegalStateException(rows.size() + " rows: " + sql);
    }
    return rows.get(0);
  }

  @Override
  public void close() throws SQLException {
    release.run();
  }

  private static void execute(Database server, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(server.url(), server.user(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
