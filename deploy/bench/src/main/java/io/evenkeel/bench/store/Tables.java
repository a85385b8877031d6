package io.evenkeel.bench.store;

import io.evenkeel.embedded.EmbeddedPostgres;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** The tables that grow with the steps, and a bare COPY into them. */
final class Tables {
  /** What the tables' names begin with. */
  static final String SCHEMA = "evenkeel_store.";

  /** The tables. */
  static final List<String> NAMES =
      List.of(
          "observation",
          "step",
          "layer_step",
          "activation_step",
          "tensor_step",
          "knob_step",
          "scalar_step");

  private final EmbeddedPostgres server;

  Tables(EmbeddedPostgres server) {
    this.server = server;
  }

  /** The server. */
  EmbeddedPostgres server() {
    return server;
  }

  /** A connection to the database. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }

  /**
   * Empties the tables, and writes out what is still in memory: both sides begin alike. The marks
   * of what is to be rolled up go with the rows, and first: a roller locks them first, too.
   */
  void empty() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "truncate %1$srollup_dirty, %1$srollup, %1$s%2$s"
              .formatted(SCHEMA, String.join(", " + SCHEMA, NAMES)));
      statement.execute("checkpoint");
    }
  }

  /** Cuts the writer off, and keeps it out until {@link #open}. */
  void close() throws SQLException {
    administer("alter database " + EmbeddedPostgres.DATABASE + " allow_connections false");
    administer(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
            + EmbeddedPostgres.DATABASE
            + "'");
  }

  /** Lets the writer in. */
  void open() throws SQLException {
    administer("alter database " + EmbeddedPostgres.DATABASE + " allow_connections true");
  }

  private void administer(String sql) throws SQLException {
    String url = server.jdbcUrl().replaceFirst("/" + EmbeddedPostgres.DATABASE + "$", "/postgres");
    try (Connection connection =
            DriverManager.getConnection(url, server.user(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Number of rows of each table. */
  Map<String, Long> rows() throws SQLException {
    Map<String, Long> rows = new LinkedHashMap<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String name : NAMES) {
        rows.put(name, number(statement, "select count(*) from " + SCHEMA + name));
      }
    }
    return rows;
  }

  /** Numbers stored that are no key: each column's values that are not null, vectors by element. */
  long samples() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      long samples = 0;
      for (String name : NAMES) {
        samples +=
            number(
                statement,
                "select coalesce(sum("
                    + perRow(statement, name)
                    + "), 0) from "
                    + SCHEMA
                    + name
                    + " t");
      }
      return samples;
    }
  }

  private static String perRow(Statement statement, String table) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery(
            """
            select string_agg(case when a.atttypid = 'real[]'::regtype then format('cardinality(%%I)', a.attname)
              else format('(%%I is not null)::int', a.attname) end, ' + ')
            from pg_attribute a
            where a.attrelid = '%1$s'::regclass and a.attnum > 0 and not a.attisdropped
              and a.atttypid in ('real[]'::regtype, 'float8'::regtype, 'int4'::regtype, 'int8'::regtype)
              and not exists (select from pg_index i
                where i.indrelid = a.attrelid and i.indisprimary and a.attnum = any (i.indkey))
            """
                .formatted(SCHEMA + table))) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Writes every table's rows into a folder, in the format of binary COPY; bytes in all. */
  long export(Path folder) throws SQLException, IOException {
    long bytes = 0;
    try (Connection connection = connect()) {
      CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
      for (String name : NAMES) {
        Path file = folder.resolve(name);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
          copies.copyOut(
              "copy (select * from " + SCHEMA + name + ") to stdout with (format binary)", out);
        }
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /**
   * A bare COPY.
   *
   * @param seconds that it took, the commit included
   * @param cpu processor time of the server's process that did it, seconds
   */
  record Copied(double seconds, double cpu) {}

  /** Copies the rows of a folder into the tables in one transaction. */
  Copied copy(Path folder) throws SQLException, IOException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      long process = number(statement, "select pg_backend_pid()");
      connection.setAutoCommit(false);
      CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
      long begin = System.nanoTime();
      for (String name : NAMES) {
        try (InputStream in =
            new BufferedInputStream(Files.newInputStream(folder.resolve(name)), 1 << 16)) {
          copies.copyIn("copy " + SCHEMA + name + " from stdin with (format binary)", in, 1 << 16);
        }
      }
      connection.commit();
      double seconds = (System.nanoTime() - begin) / 1e9;
      return new Copied(seconds, CpuTime.of(process));
    }
  }
}
