package io.evenkeel.writer.app;

import io.evenkeel.writer.store.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the writer must be told.
 *
 * @param bootstrap Kafka's address, {@code host:port[,host:port...]}
 * @param database the database
 * @param metricsPort TCP port that the metrics are served on, 0 for any that is free; null for none
 * @param retention how long a run's rows are kept after its last record; zero: for ever
 */
record WriterConfig(
    String bootstrap, Database database, @Nullable Integer metricsPort, Duration retention) {

  static final String BOOTSTRAP = "EVENKEEL_KAFKA_BOOTSTRAP";
  static final String URL = "EVENKEEL_DB_URL";
  static final String USER = "EVENKEEL_DB_USER";
  static final String PASSWORD = "EVENKEEL_DB_PASSWORD";
  static final String METRICS_PORT = "EVENKEEL_WRITER_METRICS_PORT";
  static final String RETENTION_DAYS = "EVENKEEL_RETENTION_DAYS";

  private static final int LAST_PORT = 65_535;

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException with all problems in its message
   */
  static WriterConfig of(Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    String bootstrap = environment.getOrDefault(BOOTSTRAP, "").strip();
    if (!bootstrap.matches("[^\\s,:]+:\\d{1,5}(,[^\\s,:]+:\\d{1,5})*")) {
      problems.add(BOOTSTRAP + " must be host:port[,host:port...]");
    }
    String url = environment.getOrDefault(URL, "").strip();
    if (!url.startsWith("jdbc:postgresql:")) {
      problems.add(URL + " must be a jdbc:postgresql: address");
    }
    String user = environment.getOrDefault(USER, "").strip();
    if (user.isEmpty()) {
      problems.add(USER + " is missing");
    }
    String port = environment.getOrDefault(METRICS_PORT, "").strip();
    Integer metricsPort = null;
    if (port.matches("\\d{1,5}") && Integer.parseInt(port) <= LAST_PORT) {
      metricsPort = Integer.valueOf(port);
    } else if (!port.isEmpty()) {
      problems.add(METRICS_PORT + " must be a port, 0 for any that is free");
    }
    String days = environment.getOrDefault(RETENTION_DAYS, "0").strip();
    if (!days.matches("\\d{1,5}")) {
      problems.add(RETENTION_DAYS + " must be whole days, 0 to keep everything");
      days = "0";
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return new WriterConfig(
        bootstrap,
        new Database(url, user, environment.getOrDefault(PASSWORD, "")),
        metricsPort,
        Duration.ofDays(Long.parseLong(days)));
  }
}
