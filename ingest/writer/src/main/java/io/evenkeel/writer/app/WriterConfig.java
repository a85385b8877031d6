package io.evenkeel.writer.app;

import io.evenkeel.writer.store.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the writer must be told.
 *
 * @param bootstrap Kafka's address, {@code host:port[,host:port...]}
 * @param database the database
 */
record WriterConfig(String bootstrap, Database database) {

  static final String BOOTSTRAP = "EVENKEEL_KAFKA_BOOTSTRAP";
  static final String URL = "EVENKEEL_DB_URL";
  static final String USER = "EVENKEEL_DB_USER";
  static final String PASSWORD = "EVENKEEL_DB_PASSWORD";

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
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return new WriterConfig(
        bootstrap, new Database(url, user, environment.getOrDefault(PASSWORD, "")));
  }
}
