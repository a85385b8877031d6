package io.evenkeel.controller.kafka;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
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
    try (Admin admin = Admin.create(links.client())) {
      for (int attempt = 0; stop.getCount() > 0; attempt++) {
        String problem;
        try {
          Set<String> present = admin.listTopics().names().get(3, TimeUnit.SECONDS);
          Set<String> missing = new HashSet<>(wanted);
          missing.removeAll(present);
          if (missing.isEmpty()) {
            return true;
          }
          problem = "Topics are missing: " + missing + ".";
        } catch (ExecutionException | TimeoutException e) {
          problem = "Kafka at " + links.bootstrap() + " does not answer: " + e;
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
  }
}
