package io.evenkeel.ui.health;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.health.Pipeline.Standing;
import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.SharedFeed;
import io.evenkeel.ui.livefeed.Source;
import io.evenkeel.ui.livefeed.Tick;
import io.evenkeel.ui.store.StoreFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Follows how far the services are behind: the ends of the topics that each reads, less the offsets
 * that it has committed. Analytics commits with its checkpoints, every ten seconds.
 */
@Component
public class PipelineFeed implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(PipelineFeed.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final int PATIENCE_MILLIS = 3_000;

  /** Some seconds of a fast run: a service that commits now and then is behind by as many. */
  private static final long NEARLY = 5_000;

  private final String bootstrap;
  private final SharedFeed<String, Pipeline, Source<Pipeline>> feed;
  private @Nullable Admin admin;

  private record Reader(String group, String name, String does) {}

  private static final List<Reader> READERS =
      List.of(
          new Reader("evenkeel-analytics", "Analytics", "judges telemetry; told every ten seconds"),
          new Reader("evenkeel-controller", "Controller", "decides and steers"),
          new Reader("evenkeel-notify", "Notices", "tells receivers of alerts"),
          new Reader("evenkeel-writer", "Writer", "brings everything into the database"));

  PipelineFeed(
      @Value("${evenkeel.ui.kafka-bootstrap}") String bootstrap, ScheduledExecutorService pollers) {
    this.bootstrap = bootstrap;
    this.feed = new SharedFeed<>(all -> this::read, pollers, PERIOD);
  }

  /**
   * Follows it.
   *
   * @return ends it
   */
  public Runnable follow(Listener<Pipeline> listener) {
    return feed.follow(
        "",
        tick ->
            listener.onTick(
                tick instanceof Tick.Failed<Pipeline>
                    ? new Tick.Failed<>(
                        new StoreFault(
                            ErrorId.KAFKA_UNAVAILABLE,
                            "Kafka does not answer: how far the services are cannot be told. This goes on by itself."))
                    : tick));
  }

  private synchronized Pipeline read() {
    try {
      List<Pipeline.Service> services = new ArrayList<>();
      Map<Reader, Map<TopicPartition, OffsetAndMetadata>> committed = new HashMap<>();
      List<TopicPartition> all = new ArrayList<>();
      for (Reader reader : READERS) {
        Map<TopicPartition, OffsetAndMetadata> offsets =
            in(client().listConsumerGroupOffsets(reader.group()).partitionsToOffsetAndMetadata());
        committed.put(reader, offsets);
        all.addAll(offsets.keySet());
      }
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      all.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
      var ends = in(client().listOffsets(latest).all());
      for (Reader reader : READERS) {
        Map<TopicPartition, OffsetAndMetadata> offsets = committed.getOrDefault(reader, Map.of());
        long behind = 0;
        for (Map.Entry<TopicPartition, OffsetAndMetadata> entry : offsets.entrySet()) {
          var end = ends.get(entry.getKey());
          if (end != null && entry.getValue() != null) {
            behind += Math.max(0, end.offset() - entry.getValue().offset());
          }
        }
        services.add(
            new Pipeline.Service(
                reader.name(),
                reader.does(),
                behind,
                offsets.isEmpty()
                    ? Standing.UNSEEN
                    : behind > NEARLY ? Standing.BEHIND : Standing.CURRENT));
      }
      return new Pipeline(services);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("the broker does not answer", e);
      throw new IllegalStateException("the broker does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static <T> T in(org.apache.kafka.common.KafkaFuture<T> answer)
      throws ExecutionException, InterruptedException, TimeoutException {
    return answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private Admin client() {
    Admin known = admin;
    if (known == null) {
      known =
          Admin.create(
              Map.of(
                  AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                  bootstrap,
                  AdminClientConfig.CLIENT_ID_CONFIG,
                  "evenkeel-ui-health",
                  AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                  PATIENCE_MILLIS,
                  AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                  PATIENCE_MILLIS));
      admin = known;
    }
    return known;
  }

  @Override
  public synchronized void destroy() {
    if (admin != null) {
      admin.close(Duration.ofSeconds(1));
    }
  }
}
