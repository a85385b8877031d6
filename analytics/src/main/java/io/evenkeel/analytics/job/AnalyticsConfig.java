package io.evenkeel.analytics.job;

import io.evenkeel.contract.error.ErrorId;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the service is configured.
 *
 * @param kafkaBootstrap broker addresses, {@code host:port}: EVENKEEL_KAFKA_BOOTSTRAP
 * @param data folder for checkpoints, on a cluster not used: EVENKEEL_DATA
 * @param checkpointInterval time between checkpoints: EVENKEEL_ANALYTICS_CHECKPOINT_MILLIS
 * @param slots slots of the cluster in this JVM, on a cluster not used: EVENKEEL_ANALYTICS_SLOTS
 */
public record AnalyticsConfig(
    String kafkaBootstrap, Path data, Duration checkpointInterval, int slots) {

  static final String KAFKA_BOOTSTRAP = "EVENKEEL_KAFKA_BOOTSTRAP";
  static final String DATA = "EVENKEEL_DATA";
  static final String CHECKPOINT_MILLIS = "EVENKEEL_ANALYTICS_CHECKPOINT_MILLIS";

  static final String SLOTS = "EVENKEEL_ANALYTICS_SLOTS";

  private static final int MOST_SLOTS = 64;
  private static final String DEFAULT_CHECKPOINT_MILLIS = "2000";

  /**
   * Reads the environment, and arguments of the form {@code NAME=VALUE}, which go before it: a
   * cluster hands a job its arguments, and not the environment of whoever submits it.
   *
   * @throws IllegalArgumentException with EVK-CONFIG-INVALID and all problems found
   */
  static AnalyticsConfig of(Map<String, String> environment, String[] arguments) {
    Map<String, String> settings = new HashMap<>(environment);
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            ErrorId.CONFIG_INVALID.line("Arguments are NAME=VALUE, not '" + argument + "'."));
      }
      settings.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    return of(settings);
  }

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
    String slots = environment.getOrDefault(SLOTS, "1");
    if (!slots.matches("\\d{1,2}")
        || Integer.parseInt(slots) < 1
        || Integer.parseInt(slots) > MOST_SLOTS) {
      problems.add(SLOTS + " must be a number from 1 to " + MOST_SLOTS);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          ErrorId.CONFIG_INVALID.line(String.join("; ", problems) + "."));
    }
    return new AnalyticsConfig(
        bootstrap, data.toAbsolutePath(), Duration.ofMillis(millis), Integer.parseInt(slots));
  }
}
