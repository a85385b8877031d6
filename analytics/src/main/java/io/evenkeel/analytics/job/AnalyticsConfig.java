package io.evenkeel.analytics.job;

import io.evenkeel.contract.error.ErrorId;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the service is configured.
 *
 * @param kafkaBootstrap broker addresses, {@code host:port}: EVENKEEL_KAFKA_BOOTSTRAP
 * @param data folder for checkpoints, on a cluster not used: EVENKEEL_DATA
 * @param checkpointInterval time between checkpoints: EVENKEEL_ANALYTICS_CHECKPOINT_MILLIS
 */
public record AnalyticsConfig(String kafkaBootstrap, Path data, Duration checkpointInterval) {

  static final String KAFKA_BOOTSTRAP = "EVENKEEL_KAFKA_BOOTSTRAP";
  static final String DATA = "EVENKEEL_DATA";
  static final String CHECKPOINT_MILLIS = "EVENKEEL_ANALYTICS_CHECKPOINT_MILLIS";

  private static final String DEFAULT_CHECKPOINT_MILLIS = "2000";

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException with EVK-CONFIG-INVALID and all problems found
   */
  public static AnalyticsConfig of(Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    String bootstrap = environment.getOrDefault(KAFKA_BOOTSTRAP, "");
    if (!bootstrap.matches("[^\\s,:]+:\\d+(,[^\\s,:]+:\\d+)*")) {
      problems.add(KAFKA_BOOTSTRAP + " must be host:port, or several with commas between");
    }
    Path data = Path.of(".evenkeel", "analytics");
    try {
      data = Path.of(environment.getOrDefault(DATA, data.toString()));
    } catch (InvalidPathException e) {
      problems.add(DATA + " must be a folder");
    }
    String interval = environment.getOrDefault(CHECKPOINT_MILLIS, DEFAULT_CHECKPOINT_MILLIS);
    long millis = 0;
    if (interval.matches("\\d{1,9}")) {
      millis = Long.parseLong(interval);
    }
    if (millis < 100) {
      problems.add(CHECKPOINT_MILLIS + " must be a number of at least 100");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          ErrorId.CONFIG_INVALID.line(String.join("; ", problems) + "."));
    }
    return new AnalyticsConfig(bootstrap, data.toAbsolutePath(), Duration.ofMillis(millis));
  }
}
