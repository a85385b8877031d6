package io.evenkeel.ui.outbox;

import io.evenkeel.contract.error.ErrorId;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Writes records, one at a time and in order. The producer is made with the first one, so that the
 * dashboard starts without a broker.
 */
@Component
public class RecordOutbox implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(RecordOutbox.class);
  private static final int PATIENCE_MILLIS = 4_000;

  private final String bootstrap;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("outbox").daemon().factory());
  private @Nullable Producer<String, byte[]> producer;

  /** An outbox to the broker at {@code bootstrap}. */
  public RecordOutbox(@Value("${evenkeel.ui.kafka-bootstrap}") String bootstrap) {
    this.bootstrap = bootstrap;
  }

  /**
   * Writes a record.
   *
   * @param value null deletes what a compacted topic has under this key
   * @return done when the record is safe on its topic; failed when it could not be brought there
   */
  public CompletableFuture<Void> send(String topic, String key, byte @Nullable [] value) {
    var done = new CompletableFuture<Void>();
    thread.execute(() -> send(new ProducerRecord<>(topic, key, value), done));
    return done;
  }

  private void send(
      ProducerRecord<String, byte @Nullable []> record, CompletableFuture<Void> done) {
    try {
      producer()
          .send(
              record,
              (place, failure) -> {
                if (failure == null) {
                  done.complete(null);
                } else {
                  fail(done, failure);
                }
              });
    } catch (RuntimeException e) {
      fail(done, e);
    }
  }

  private static void fail(CompletableFuture<Void> done, Exception failure) {
    LOG.warn(
        "{} ({})",
        ErrorId.KAFKA_UNAVAILABLE.line("A request could not be sent."),
        failure.toString());
    done.completeExceptionally(failure);
  }

  private Producer<String, byte[]> producer() {
    Producer<String, byte[]> known = producer;
    if (known == null) {
      var settings = new Properties();
      settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
      settings.put(ProducerConfig.CLIENT_ID_CONFIG, "evenkeel-ui");
      settings.put(ProducerConfig.ACKS_CONFIG, "all");
      settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
      settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
      settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * PATIENCE_MILLIS);
      settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
      known = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
      producer = known;
    }
    return known;
  }

  @Override
  public void destroy() {
    thread.execute(
        () -> {
          if (producer != null) {
            producer.close(java.time.Duration.ofSeconds(1));
          }
        });
    thread.shutdown();
  }
}
