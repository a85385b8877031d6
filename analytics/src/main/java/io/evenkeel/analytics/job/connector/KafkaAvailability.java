package io.evenkeel.analytics.job.connector;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether Kafka can be reached and has the job's topics; tells the log when that changes. */
public final class KafkaAvailability implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaAvailability.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int TIMEOUT_MILLIS = 3_000;
  private static final Set<String> NEEDED =
      Set.of(
          Topics.TELEMETRY,
          Topics.RUNS,
          Topics.RULES,
          Topics.SIGNALS,
          Topics.ALERTS,
          Topics.DEAD_LETTERS);

  private final String bootstrap;
  private final Admin admin;

  private KafkaAvailability(String bootstrap, Admin admin) {
    this.bootstrap = bootstrap;
    this.admin = admin;
  }

  /**
   * A client of the broker; there need not be one yet.
   *
   * @param bootstrap broker addresses, {@code host:port}
   * @throws KafkaException if the addresses are not addresses
   */
  public static KafkaAvailability of(String bootstrap) {
    return new KafkaAvailability(
        bootstrap,
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                AdminClientConfig.CLIENT_ID_CONFIG, "evenkeel-analytics-watch",
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "2000",
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS)));
  }

  /** Waits, with growing pauses, until Kafka answers and has all topics. */
  public void await() throws InterruptedException {
    Duration pause = Duration.ofMillis(250);
    for (String missing = missing(); !missing.isEmpty(); missing = missing()) {
      LOG.warn(ErrorId.KAFKA_UNAVAILABLE.line(missing));
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
  }

  /** Logs when Kafka goes and when it comes back, until the thread is interrupted. */
  public void watch() {
    boolean available = true;
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(LONGEST_PAUSE.toMillis());
        String missing = missing();
        if (!missing.isEmpty()) {
          LOG.warn(ErrorId.KAFKA_UNAVAILABLE.line(missing));
        } else if (!available) {
          LOG.info("Kafka at {} is back.", bootstrap);
        }
        available = missing.isEmpty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is missing, in words; empty if nothing is. */
  private String missing() throws InterruptedException {
    try {
      Set<String> absent = new HashSet<>(NEEDED);
      absent.removeAll(admin.listTopics().names().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS));
      return absent.isEmpty()
          ? ""
          : "Kafka at "
              + bootstrap
              + " has no topic "
              + String.join(", ", absent.stream().sorted().toList())
              + ".";
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      return "Kafka at " + bootstrap + " does not answer.";
    }
  }

  /** The topics that must exist. */
  public static List<String> neededTopics() {
    return NEEDED.stream().sorted().toList();
  }

  @Override
  public void close() {
    admin.close(Duration.ofMillis(200));
  }
}
