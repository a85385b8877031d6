package io.evenkeel.ui.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.contract.error.ErrorId;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The dashboard's own tables (schema {@code dashboard}), and the only connections of it that may
 * write. The first use that reaches the database brings the tables up to date; until then each use
 * fails, so that the dashboard starts without a database. Thread-safe.
 */
@Component
public class OwnTables implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(OwnTables.class);
  private static final String SCHEMA = "dashboard";
  private static final int POOL = 3;

  // A login asks several times: it waits for an absent database once.
  private static final long PAUSE_NANOS = 2_000_000_000L;

  private final HikariDataSource source;
  private final JdbcClient client;
  private final TransactionTemplate transactions;
  private final ReentrantLock migrating = new ReentrantLock();
  private volatile boolean migrated;
  private boolean told;
  private @Nullable Long failedAt;

  /** Tables behind the address that the pages read from. */
  public OwnTables(
      @Value("${spring.datasource.url}") String url,
      @Value("${spring.datasource.username}") String user,
      @Value("${spring.datasource.password}") String password) {
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setPoolName("ui-own");
    config.setMaximumPoolSize(POOL);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(2_500);
    config.setValidationTimeout(1_500);
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("connectTimeout", "2");
    config.addDataSourceProperty("socketTimeout", "20");
    config.addDataSourceProperty("ApplicationName", "evenkeel-ui-own");
    this.source = new HikariDataSource(config);
    this.client = JdbcClient.create(source);
    this.transactions = new TransactionTemplate(new JdbcTransactionManager(source));
  }

  /**
   * Queries outside of a transaction.
   *
   * @throws org.springframework.dao.DataAccessException if the database is away
   */
  public JdbcClient client() {
    migrate();
    return client;
  }

  /**
   * One transaction.
   *
   * @throws org.springframework.dao.DataAccessException if the database is away
   */
  public <T> T inTransaction(Function<JdbcClient, T> work) {
    migrate();
    T answer = transactions.execute(status -> work.apply(client));
    if (answer == null) {
      throw new IllegalStateException("a transaction answered nothing");
    }
    return answer;
  }

  private void migrate() {
    if (migrated) {
      return;
    }
    migrating.lock();
    try {
      if (failedAt != null && System.nanoTime() - failedAt < PAUSE_NANOS) {
        throw new DataAccessResourceFailureException("the database was away a moment ago");
      }
      if (!migrated) {
        Flyway.configure()
            .dataSource(source)
            .schemas(SCHEMA)
            .defaultSchema(SCHEMA)
            .createSchemas(true)
            .table("flyway_history")
            .locations("classpath:db/dashboard")
            .load()
            .migrate();
        migrated = true;
      }
    } catch (FlywayException e) {
      failedAt = System.nanoTime();
      // Once an outage: who waits for the tables asks every few seconds.
      if (!told) {
        told = true;
        LOG.warn(
            "{} ({})",
            ErrorId.DB_UNAVAILABLE.line("Accounts cannot be read."),
            String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
      }
      throw new DataAccessResourceFailureException("the dashboard's tables are out of reach", e);
    } finally {
      migrating.unlock();
    }
  }

  @Override
  public void destroy() {
    source.close();
  }
}
