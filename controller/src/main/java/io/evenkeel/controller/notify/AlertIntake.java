package io.evenkeel.controller.notify;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.controller.notify.Outbox.DeliveryKey;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Alerts from Kafka into the outbox. The offset is committed after the outbox's commit, so an alert
 * is taken in at least once, and the notice's id makes it once. While the database is away, alerts
 * wait in Kafka.
 */
public final class AlertIntake implements Runnable, AutoCloseable {

  /** The consumer group of the deliverers. */
  public static final String GROUP = "evenkeel-notify";

  private static final Logger LOG = LoggerFactory.getLogger(AlertIntake.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration DATABASE_WAIT = Duration.ofSeconds(1);

  private final KafkaConsumer<String, byte[]> consumer;
  private final Outbox outbox;
  private final DeliveryDesk desk;
  private final Clock clock;
  private volatile boolean closing;

  /** Reads with {@code consumer}, which it closes, once run. */
  public AlertIntake(
      KafkaConsumer<String, byte[]> consumer, Outbox outbox, DeliveryDesk desk, Clock clock) {
    this.consumer = consumer;
    this.outbox = outbox;
    this.desk = desk;
    this.clock = clock;
  }

  @Override
  public void run() {
    try (consumer) {
      consumer.subscribe(Set.of(Topics.ALERTS));
      while (!closing) {
        try {
          ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
          if (!records.isEmpty()) {
            take(read(records));
          }
        } catch (WakeupException e) {
          // close() asks us to look at the flag.
        } catch (KafkaException e) {
          LOG.warn(ErrorId.KAFKA_UNAVAILABLE.line("Cannot read alerts: " + e));
        }
      }
    }
  }

  private List<AlertEvent> read(ConsumerRecords<String, byte[]> records) {
    List<AlertEvent> news = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> item : records) {
      try {
        AlertEvent alert = Codecs.ALERT_EVENT.decode(item.value());
        if (Outbox.isNews(alert, clock.instant())) {
          news.add(alert);
        }
      } catch (WireException e) {
        // The writer keeps unreadable records of every topic as dead letters.
        LOG.warn("{} (partition {} offset {})", e.getMessage(), item.partition(), item.offset());
      }
    }
    return news;
  }

  private void take(List<AlertEvent> read) {
    List<AlertEvent> news = new ArrayList<>(read);
    boolean waited = false;
    while (!closing) {
      try {
        if (!news.isEmpty()) {
          List<DeliveryKey> keys = outbox.accept(news, clock.instant());
          desk.deliver(keys);
        }
        if (waited) {
          consumer.resume(consumer.assignment());
        }
        consumer.commitSync();
        return;
      } catch (SQLException | RuntimeException e) {
        if (e instanceof KafkaException kafka) {
          throw kafka;
        }
        LOG.warn(ErrorId.DB_UNAVAILABLE.line("Alerts wait in Kafka: " + e.getMessage() + "."));
        // Keeps the membership alive without reading further; only a partition that is gained just
        // now may bring something.
        waited = true;
        consumer.pause(consumer.assignment());
        news.addAll(read(consumer.poll(DATABASE_WAIT)));
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
  }
}
