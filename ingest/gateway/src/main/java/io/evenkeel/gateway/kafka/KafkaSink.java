package io.evenkeel.gateway.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One idempotent producer for all requests, made when Kafka has answered for the first time. */
public final class KafkaSink implements RecordSink, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaSink.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);
  private static final long MARGIN_MILLIS = 1_000;
  // A producer whose every record fails although Kafka answers is beyond help.
  private static final long HOPELESS_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final String bootstrap;
  private final KafkaWatch watch;
  private final Timer acknowledged;
  private final Object lock = new Object();
  private @Nullable Producer<byte[], byte[]> producer;
  private volatile long failingSince;

  /** Sends to the cluster at {@code bootstrap}. */
  public KafkaSink(String bootstrap, KafkaWatch watch, MeterRegistry meters) {
    this.bootstrap = bootstrap;
    this.watch = watch;
    this.acknowledged =
        Timer.builder("evenkeel.gateway.kafka.acknowledged")
            .description("Time from the first record of a request to the last acknowledgement")
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofMillis(1))
            .maximumExpectedValue(Duration.ofSeconds(10))
            .register(meters);
  }

  @Override
  public void require() {
    watch.require();
  }

  @Override
  public List<Refusal> send(List<Outgoing> records) {
    if (records.isEmpty()) {
      return List.of();
    }
    watch.require();
    long began = System.nanoTime();
    Delivery delivery = new Delivery(records.size());
    Producer<byte[], byte[]> to = producer();
    for (int i = 0; i < records.size(); i++) {
      send(to, records.get(i), i, delivery);
    }
    String failure = delivery.await();
    if (failure != null) {
      failed(to, failure);
      throw KafkaWatch.unavailable("Kafka has not acknowledged every record: " + failure);
    }
    failingSince = 0;
    acknowledged.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
    return delivery.refusals();
  }

  private void send(Producer<byte[], byte[]> to, Outgoing record, int index, Delivery delivery) {
    if (delivery.hasFailed()) {
      delivery.failed("not sent any more");
      return;
    }
    try {
      var unused =
          to.send(
              new ProducerRecord<>(
                  record.topic(), record.key().getBytes(StandardCharsets.UTF_8), record.value()),
              (metadata, failure) -> {
                if (failure == null) {
                  delivery.acknowledged();
                } else if (failure instanceof RecordTooLargeException
                    || failure instanceof InvalidRecordException) {
                  delivery.refused(new Refusal(index, String.valueOf(failure.getMessage())));
                } else {
                  delivery.failed(String.valueOf(failure.getMessage()));
                }
              });
    } catch (KafkaException | IllegalStateException e) {
      delivery.failed(String.valueOf(e.getMessage()));
    }
  }

  private Producer<byte[], byte[]> producer() {
    synchronized (lock) {
      Producer<byte[], byte[]> known = producer;
      if (known == null) {
        try {
          known =
              new KafkaProducer<>(
                  KafkaSettings.producer(bootstrap),
                  new ByteArraySerializer(),
                  new ByteArraySerializer());
        } catch (KafkaException e) {
          throw KafkaWatch.unavailable(String.valueOf(e.getMessage()));
        }
        producer = known;
      }
      return known;
    }
  }

  private void failed(Producer<byte[], byte[]> of, String failure) {
    watch.failed("A record could not be delivered: " + failure);
    long now = System.nanoTime();
    long since = failingSince;
    if (since == 0) {
      failingSince = now;
    } else if (now - since > HOPELESS_NANOS) {
      failingSince = 0;
      replace(of);
    }
  }

  private void replace(Producer<byte[], byte[]> hopeless) {
    synchronized (lock) {
      if (producer != hopeless) {
        return;
      }
      producer = null;
    }
    LOG.warn("The producer is replaced, as nothing that it sends is acknowledged.");
    hopeless.close(Duration.ZERO);
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (producer != null) {
        producer.close(CLOSE_LIMIT);
      }
    }
  }

  /** What becomes of the records of one call. */
  private static final class Delivery {
    private final CountDownLatch open;
    private final List<Refusal> refusals = new ArrayList<>();
    private volatile @Nullable String failure;

    Delivery(int records) {
      open = new CountDownLatch(records);
    }

    void acknowledged() {
      open.countDown();
    }

    void refused(Refusal refusal) {
      synchronized (refusals) {
        refusals.add(refusal);
      }
      open.countDown();
    }

    void failed(String reason) {
      if (failure == null) {
        failure = reason;
      }
      open.countDown();
    }

    boolean hasFailed() {
      return failure != null;
    }

    /** Null when every record is acknowledged or refused. */
    @Nullable String await() {
      try {
        if (!open.await(KafkaSettings.DELIVERY_MILLIS + MARGIN_MILLIS, TimeUnit.MILLISECONDS)) {
          return "no answer in time";
        }
        return failure;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return "the gateway stops";
      }
    }

    List<Refusal> refusals() {
      synchronized (refusals) {
        return refusals.stream().sorted(Comparator.comparingInt(Refusal::index)).toList();
      }
    }
  }
}
