package io.evenkeel.controller.kafka;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until Kafka can be reached and holds every topic. */
public final class TopicWait {

  private static final Logger LOG = LoggerFactory.getLogger(TopicWait.class);
  private static final int SAY_EVERY = 10;

  private TopicWait() {}

  /**
   * Waits.
   *
   * @param stop ends the wait early
   * @return whether the topics are there; false if stopped
   */
  public static boolean await(KafkaLinks links, CountDownLatch stop) throws InterruptedException {
    Set<String> wanted = new HashSet<>();
    Topics.ALL.forEach(topic -> wanted.add(topic.name()));
    for (int attempt = 0; stop.getCount() > 0; attempt++) {
      String problem = problem(links, wanted);
      if (problem.isEmpty()) {
        return true;
      }
      if (attempt % SAY_EVERY == 0) {
        LOG.warn(ErrorId.KAFKA_UNAVAILABLE.line(problem));
      }
      if (stop.await(Math.min(1_000, 100L << Math.min(attempt, 4)), TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return false;
  }

  /**
   * What is missing yet; empty if nothing. A new client each time: the name may not resolve yet.
   */
  private static String problem(KafkaLinks links, Set<String> wanted) throws InterruptedException {
    Map<String, Object> config = new HashMap<>(links.client());
    // Closing waits for what is under way, so nothing may be under way for long.
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2_000);
    try (Admin admin = Admin.create(config)) {
      Set<String> missing = new HashSet<>(wanted);
      missing.removeAll(admin.listTopics().names().get(3, TimeUnit.SECONDS));
      return missing.isEmpty() ? "" : "Topics are missing: " + missing + ".";
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      return "Kafka at " + links.bootstrap() + " does not answer: " + e;
    }
  }
}
