package io.evenkeel.writer.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.writer.store.StoreException.Kind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Where the database is, and how it is opened.
 *
 * @param url JDBC URL, {@code jdbc:postgresql://...}
 * @param user user; it owns the schema
 * @param password password; empty if none
 */
public record Database(String url, String user, String password) {

  /** The writer's own history of migrations: other services keep theirs in the same database. */
  private static final String HISTORY = "evenkeel_writer_schema_history";

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
  private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(60);
  private static final Duration UPKEEP_LIMIT = Duration.ofMinutes(10);

  /** Validates. */
  public Database {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
  }

  /**
   * Brings the schema up to date; does nothing when it is.
   *
   * @throws StoreException {@code UNAVAILABLE} or {@code DISK_FULL}: try again; {@code REJECTED}:
   *     the schema is another one's, or of a newer release
   */
  public void migrate() throws StoreException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url);
    source.setUser(user);
    source.setPassword(password);
    source.setConnectTimeout((int) CONNECT_LIMIT.toSeconds());
    source.setLoginTimeout((int) CONNECT_LIMIT.toSeconds());
    source.setApplicationName("evenkeel-writer-migrations");
    try {
      Flyway.configure()
          .dataSource(source)
          .locations("classpath:db/migration")
          // Whatever the user's search path: a schema of the user's own name would go first.
          .defaultSchema("public")
          .table(HISTORY)
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .connectRetries(0)
          // A lock of the session: one of a transaction would keep that transaction open meanwhile,
          // and some statements (indexes made concurrently, continuous aggregates) wait for it.
          .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new StoreException(kindOf(e), String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * A pool for {@link BatchStore}; the schema must be there before its first connection is asked
   * for. Opens connections when asked, whether or not the database is there yet.
   */
  public HikariDataSource open() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setPoolName("evenkeel-writer");
    config.setMaximumPoolSize(2);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(CONNECT_LIMIT.toMillis());
    config.setValidationTimeout(1_000);
    config.setInitializationFailTimeout(-1);
    config.setConnectionInitSql(Staging.CREATE);
    config.addDataSourceProperty("ApplicationName", "evenkeel-writer");
    config.addDataSourceProperty("connectTimeout", CONNECT_LIMIT.toSeconds());
    config.addDataSourceProperty("socketTimeout", STATEMENT_LIMIT.toSeconds());
    config.addDataSourceProperty("tcpKeepAlive", true);
    return new HikariDataSource(config);
  }

  /** One connection for upkeep, whose statements may take long; otherwise as {@link #open}. */
  public HikariDataSource openForUpkeep() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setPoolName("evenkeel-upkeep");
    config.setMaximumPoolSize(1);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(CONNECT_LIMIT.toMillis());
    config.setValidationTimeout(1_000);
    config.setInitializationFailTimeout(-1);
    // Whoever waits for a lock holds up all who come after it.
    config.setConnectionInitSql("set lock_timeout = '2s'");
    config.addDataSourceProperty("ApplicationName", "evenkeel-upkeep");
    config.addDataSourceProperty("connectTimeout", CONNECT_LIMIT.toSeconds());
    config.addDataSourceProperty("socketTimeout", UPKEEP_LIMIT.toSeconds());
    config.addDataSourceProperty("tcpKeepAlive", true);
    return new HikariDataSource(config);
  }

  private static Kind kindOf(FlywayException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        // A statement of a migration that the server does not understand is no outage.
        String state = sql.getSQLState();
        boolean schema = state != null && (state.startsWith("42") || state.startsWith("3F"));
        return schema ? Kind.REJECTED : StoreException.kindOf(state);
      }
    }
    return Kind.REJECTED;
  }
}
