package io.evenkeel.controller.notify.request;

import io.evenkeel.contract.command.AlertRequest;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests about alerts from Kafka to the desk, in order. The offset is committed after the desk's
 * commit, so a request comes at least once, and its id makes it once. While the database is away,
 * requests wait in Kafka. Looks for newly saved receivers and routes too, also those that another
 * controller has taken in.
 */
public final class AlertRequestIntake implements Runnable, AutoCloseable {

  /** The consumer group of the desks. */
  public static final String GROUP = "evenkeel-alert-requests";

  private static final Logger LOG = LoggerFactory.getLogger(AlertRequestIntake.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration DATABASE_WAIT = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final KafkaConsumer<String, byte[]> consumer;
  private final AlertRequestDesk desk;
  private final LiveAlerts live;
  private final Clock clock;
  private final Deque<OperatorRequest> waiting = new ArrayDeque<>();
  private Instant looked = Instant.MIN;
  private volatile boolean closing;

  /** Reads with {@code consumer}, which it closes, once run. */
  public AlertRequestIntake(
      KafkaConsumer<String, byte[]> consumer, AlertRequestDesk desk, LiveAlerts live, Clock clock) {
    this.consumer = consumer;
    this.desk = desk;
    this.live = live;
    this.clock = clock;
  }

  @Override
  public void run() {
    try (consumer) {
      consumer.subscribe(Set.of(Topics.OPERATOR_REQUESTS));
      while (!closing) {
        try {
          round();
        } catch (WakeupException e) {
          // close() asks us to look at the flag.
        } catch (KafkaException e) {
          LOG.warn(ErrorId.KAFKA_UNAVAILABLE.line("Cannot read requests about alerts: " + e));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() throws InterruptedException {
    ConsumerRecords<String, byte[]> records =
        consumer.poll(waiting.isEmpty() ? POLL : DATABASE_WAIT);
    records.forEach(this::read);
    try {
      boolean some = !waiting.isEmpty();
      for (OperatorRequest next = waiting.peek(); next != null; next = waiting.peek()) {
        serve(next);
        waiting.remove();
      }
      if (!records.isEmpty() || some) {
        consumer.resume(consumer.assignment());
        consumer.commitSync();
      }
      if (some) {
        looked = Instant.MIN;
      }
      look();
    } catch (SQLException e) {
      LOG.warn(ErrorId.DB_UNAVAILABLE.line("Requests about alerts wait: " + e.getMessage() + "."));
      // Keeps the membership alive without reading further. What is taken away from this member
      // meanwhile is served twice at most, by one id.
      consumer.pause(consumer.assignment());
    } catch (IOException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  private void read(ConsumerRecord<String, byte[]> item) {
    try {
      OperatorRequest request = Codecs.OPERATOR_REQUEST.decode(item.value());
      if (request.body() instanceof AlertRequest) {
        waiting.add(request);
      }
    } catch (WireException e) {
      // The writer keeps unreadable records of every topic as dead letters.
      LOG.warn("{} (partition {} offset {})", e.getMessage(), item.partition(), item.offset());
    }
  }

  private void serve(OperatorRequest request) throws SQLException {
    try {
      desk.serve(request, (AlertRequest) request.body());
    } catch (RuntimeException e) {
      // One odd request must not hold up all others.
      LOG.error("The request {} could not be carried out and is skipped", request.requestId(), e);
    }
  }

  private void look() throws SQLException, IOException, InterruptedException {
    Instant now = clock.instant();
    if (now.isAfter(looked.plus(LOOK))) {
      looked = now;
      live.refresh();
      desk.tell();
    }
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
  }
}
