package io.evenkeel.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.Await;
import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.ClientContract;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.http.GatewayClient;
import io.evenkeel.client.http.GatewayOptions.Compression;
import io.evenkeel.gateway.token.RunPattern;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of transports over HTTP: a real gateway, stopped and started, before a real broker.
 */
class HttpClientIT extends ClientContract {

  @TempDir static Path directory;

  private static GatewayBroker gateway;

  @BeforeAll
  static void startGateway() throws IOException {
    gateway = new GatewayBroker(directory);
  }

  @AfterAll
  static void stopGateway() {
    gateway.close();
  }

  @Override
  protected Broker broker() {
    return gateway;
  }

  @Test
  void shouldDeliverAllInOrderWhenKafkaIsAwayBehindTheGateway() {
    TrainingRun training = TrainingRuns.healthy("behind").tokensPerRank(64).ranks(2).build();
    try (TelemetryPublisher publisher = gateway.publisher(BufferLimits.DEFAULT)) {
      training.stream(20).forEach(publisher::publish);
      Await.until("40 sent", () -> publisher.statistics().sent() == 40);
      gateway.kafka().stop();
      training.stream(60).skip(40).forEach(publisher::publish);

      gateway.kafka().start();

      Await.until("all sent", () -> publisher.statistics().sent() == 120);
      assertThat(publisher.statistics().dropped()).isZero();
      assertThat(publisher.statistics().rejected()).isZero();
    }
    assertThat(new ArrayList<>(new LinkedHashSet<>(gateway.telemetry("behind"))))
        .isEqualTo(training.stream(60).filter(t -> t.key().rank() == 0).toList());
  }

  @Test
  void shouldCountAsRejectedWhenTheTokenIsUnknown() {
    TrainingRun training = TrainingRuns.healthy("unknown").tokensPerRank(64).build();
    TelemetryPublisher publisher =
        GatewayClient.publisher(gateway.options("evk_" + "x".repeat(43)));
    publisher.publishRun(training.spec());
    training.stream(30).forEach(publisher::publish);
    Await.until("nothing waits", () -> publisher.statistics().queued() == 0);

    assertThat(publisher.close(Duration.ofSeconds(5)).rejected()).isEqualTo(31);
    assertThat(gateway.telemetry("unknown")).isEmpty();
    assertThat(gateway.runs("unknown")).isEmpty();
  }

  @Test
  void shouldSendOneRunAndNotTheOtherWhenTheTokenCoversOne() throws Exception {
    String scoped =
        gateway.tokens().create("scoped", new RunPattern("team-a-*"), Instant.EPOCH, null).secret();
    TrainingRun own = TrainingRuns.healthy("team-a-1").tokensPerRank(64).build();
    TrainingRun foreign = TrainingRuns.healthy("team-b-1").tokensPerRank(64).build();
    TelemetryPublisher publisher = GatewayClient.publisher(gateway.options(scoped));
    try (CommandSubscription commands =
        GatewayClient.subscription(gateway.options(scoped), "team-b-1")) {
      for (long step = 0; step < 20; step++) {
        publisher.publish(own.telemetry(step, 0));
        publisher.publish(foreign.telemetry(step, 0));
      }
      Await.until("nothing waits", () -> publisher.statistics().queued() == 0);
      assertThat(commands.poll()).isEmpty();
    }
    PublisherStatistics last = publisher.close(Duration.ofSeconds(5));

    assertThat(last.sent()).isEqualTo(20);
    assertThat(last.rejected()).isEqualTo(20);
    assertThat(gateway.telemetry("team-a-1")).isEqualTo(own.stream(20).toList());
    assertThat(gateway.telemetry("team-b-1")).isEmpty();
  }

  @Test
  void shouldDeliverWhenCompressed() {
    TrainingRun training = TrainingRuns.healthy("gzip").tokensPerRank(64).build();
    try (TelemetryPublisher publisher =
        GatewayClient.publisher(gateway.options().withCompression(Compression.GZIP))) {
      training.stream(100).forEach(publisher::publish);
      Await.until("all sent", () -> publisher.statistics().sent() == 100);
    }
    assertThat(gateway.telemetry("gzip")).isEqualTo(training.stream(100).toList());
  }
}
