package io.evenkeel.controller.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.contract.error.ErrorId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection pool and the migrations. Thread-safe. */
public final class ControllerDatabase implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ControllerDatabase.class);
  private static final String SCHEMA = "controller";
  private static final int POOL = 8;
  private static final long LONGEST_WAIT_MILLIS = 5_000;

  private final HikariDataSource source;

  /** A pool that connects when first used. */
  public ControllerDatabase(String url, String user, String password) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setPoolName("controller");
    config.setMaximumPoolSize(POOL);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(2_000);
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("connectTimeout", "2");
    config.addDataSourceProperty("socketTimeout", "10");
    config.addDataSourceProperty("ApplicationName", "evenkeel-controller");
    this.source = new HikariDataSource(config);
  }

  /** Connections. */
  public DataSource source() {
    return source;
  }

  /**
   * Waits for the database and brings the schema up to date.
   *
   * @param stop ends the wait early
   * @return whether the schema is ready; false if stopped
   */
  public boolean awaitMigrated(CountDownLatch stop) throws InterruptedException {
    long wait = 250;
    while (stop.getCount() > 0) {
      try (Connection probe = source.getConnection()) {
        if (probe.isValid(2)) {
          migrate();
          return true;
        }
      } catch (FlywayException e) {
        LOG.error(ErrorId.DB_MIGRATION.line(String.valueOf(e.getMessage())));
      } catch (SQLException e) {
        LOG.warn(ErrorId.DB_UNAVAILABLE.line(e.getMessage() + ". Steering goes on."));
      }
      if (stop.await(wait, TimeUnit.MILLISECONDS)) {
        return false;
      }
      wait = Math.min(LONGEST_WAIT_MILLIS, 2 * wait);
    }
    return false;
  }

  private void migrate() {
    Flyway.configure()
        .dataSource(source)
        .schemas(SCHEMA)
        .defaultSchema(SCHEMA)
        .createSchemas(true)
        .table("flyway_history")
        .locations("classpath:db/controller")
        .load()
        .migrate();
  }

  @Override
  public void close() {
    source.close();
  }
}
