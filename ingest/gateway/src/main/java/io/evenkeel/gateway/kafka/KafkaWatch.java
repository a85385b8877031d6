package io.evenkeel.gateway.kafka;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.gateway.problem.GatewayException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka every second whether all topics that the gateway uses have leaders. While it does not
 * answer, requests are refused at once instead of each finding out for itself.
 */
public final class KafkaWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaWatch.class);
  private static final Duration BETWEEN = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final List<String> TOPICS =
      List.of(
          Topics.TELEMETRY,
          Topics.RUNS,
          Topics.ACKS,
          Topics.COMMANDS,
          Topics.ALERTS,
          Topics.DEAD_LETTERS);

  private final String bootstrap;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CountDownLatch answered = new CountDownLatch(1);
  private final Thread thread;

  /** Whether the last answer did not come in time; of the watch's thread alone. */
  private boolean late;

  private volatile @Nullable String trouble = "Kafka has not answered yet";

  /** Watches the cluster at {@code bootstrap}, which need not be there. */
  public KafkaWatch(String bootstrap) {
    this.bootstrap = bootstrap;
    this.thread = Thread.ofPlatform().name("kafka-watch").daemon().start(this::run);
  }

  /** What is wrong; null if Kafka answers. */
  public @Nullable String trouble() {
    return trouble;
  }

  /**
   * Requires that Kafka answers.
   *
   * @throws GatewayException 503 if not
   */
  public void require() {
    String known = trouble;
    if (known != null) {
      throw unavailable(known);
    }
  }

  /** Waits until Kafka has answered once; false if this is closed before. */
  public boolean awaitFirstAnswer() throws InterruptedException {
    answered.await();
    return trouble == null;
  }

  /** Takes note that a record could not be delivered; the next answer of Kafka's clears it. */
  void failed(String reason) {
    if (trouble == null) {
      LOG.warn("{}", ErrorId.KAFKA_UNAVAILABLE.line(reason + "."));
      trouble = reason;
    }
  }

  static GatewayException unavailable(String detail) {
    return GatewayException.unavailable(
        ErrorId.KAFKA_UNAVAILABLE, detail + ". Nothing is lost by sending the same again.", RETRY);
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    answered.countDown();
  }

  private void run() {
    try {
      do {
        // Made anew after trouble, as an address may have changed its meaning.
        try (Admin admin = Admin.create(KafkaSettings.admin(bootstrap))) {
          while (look(admin)) {
            if (closed.await(BETWEEN.toMillis(), TimeUnit.MILLISECONDS)) {
              return;
            }
          }
        } catch (KafkaException e) {
          note(String.valueOf(e.getMessage()));
        }
      } while (!closed.await(BETWEEN.toMillis() / 2, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean look(Admin admin) throws InterruptedException {
    try {
      String missing =
          admin
              .describeTopics(TOPICS)
              .allTopicNames()
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
              .values()
              .stream()
              .filter(topic -> !isLed(topic))
              .map(TopicDescription::name)
              .findFirst()
              .orElse(null);
      late = false;
      note(missing == null ? null : "A partition of " + missing + " has no leader");
      return true;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      note("Kafka says: " + cause.getMessage());
      return false;
    } catch (TimeoutException e) {
      // One answer that is late may be a busy machine's.
      if (late || trouble != null) {
        note("Kafka does not answer");
      }
      late = true;
      return false;
    }
  }

  private static boolean isLed(TopicDescription topic) {
    return topic.partitions().stream()
        .allMatch(partition -> partition.leader() != null && !partition.leader().isEmpty());
  }

  private void note(@Nullable String now) {
    String before = trouble;
    trouble = now;
    if (now == null) {
      if (before != null) {
        LOG.info("Kafka answers.");
      }
      answered.countDown();
    } else if (before == null || answered.getCount() > 0 && !now.equals(before)) {
      LOG.warn("{}", ErrorId.KAFKA_UNAVAILABLE.line(now + "."));
    }
  }
}
