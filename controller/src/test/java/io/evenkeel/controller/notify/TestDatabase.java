package io.evenkeel.controller.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.controller.store.ControllerDatabase;
import io.evenkeel.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/** The controller's tables in a PostgreSQL of their own. */
public final class TestDatabase implements AutoCloseable {

  private final EmbeddedPostgres postgres;
  private final ControllerDatabase database;

  private TestDatabase(EmbeddedPostgres postgres) {
    this.postgres = postgres;
    this.database =
        new ControllerDatabase(postgres.jdbcUrl(), postgres.user(), postgres.password());
  }

  /** Starts a server and makes the tables. */
  public static TestDatabase start() throws Exception {
    TestDatabase started =
        new TestDatabase(
            EmbeddedPostgres.start(Path.of("target", "it-controller-" + System.nanoTime())));
    assertThat(started.database.awaitMigrated(new CountDownLatch(1))).isTrue();
    return started;
  }

  /** The server. */
  EmbeddedPostgres postgres() {
    return postgres;
  }

  /** A pool of connections. */
  public DataSource source() {
    return database.source();
  }

  /** Runs a statement. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row; the empty text if there is none. */
  public String query(String sql) throws SQLException {
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  @Override
  public void close() throws IOException {
    database.close();
    postgres.close();
  }
}
