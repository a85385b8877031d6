package io.evenkeel.client.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.Await;
import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.ClientContract;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract against a real broker, which is really stopped and started again. */
class KafkaClientIT extends ClientContract {

  @TempDir static Path directory;

  private static KafkaBroker broker;

  @BeforeAll
  static void startBroker() throws IOException {
    broker = KafkaBroker.in(directory);
  }

  @AfterAll
  static void stopBroker() {
    broker.stop();
  }

  @Override
  protected Broker broker() {
    return broker;
  }

  /**
   * The trainer is first, then the broker, then the topics; nobody waits for leaders. A plain
   * idempotent producer can retry OUT_OF_ORDER_SEQUENCE for ever here.
   */
  @Test
  void shouldDeliverInOrderWhenTopicsAreCreatedUnderTheRunningTrainer(@TempDir Path other)
      throws Exception {
    TrainingRun training = TrainingRuns.healthy("early").tokensPerRank(64).ranks(4).build();
    try (EmbeddedKafka bare = EmbeddedKafka.start(other);
        TelemetryPublisher publisher = KafkaClient.publisher(KafkaOptions.of(bare.bootstrap()));
        CommandSubscription commands =
            KafkaClient.subscription(KafkaOptions.of(bare.bootstrap()), "early");
        Admin admin = Admin.create(Map.of("bootstrap.servers", bare.bootstrap()))) {
      training.stream(50).forEach(publisher::publish);
      publisher.publishRun(training.spec());

      admin.createTopics(KafkaBroker.topics()).all().get(60, TimeUnit.SECONDS);
      training.stream(100).skip(200).forEach(publisher::publish);

      Await.until("all sent", () -> publisher.statistics().sent() == 401);
      assertThat(commands.poll()).isEmpty();
      for (int rank = 0; rank < 4; rank++) {
        int own = rank;
        assertThat(
                new LinkedHashSet<>(
                    KafkaBroker.read(
                        bare.bootstrap(),
                        Topics.TELEMETRY,
                        Codecs.STEP_TELEMETRY,
                        Topics.telemetryKey("early", rank))))
            .containsExactlyElementsOf(
                training.stream(100).filter(t -> t.key().rank() == own).toList());
      }
    }
  }

  @Test
  void shouldSendTheLargestMessageAndRefuseALargerOne() {
    try (TelemetryPublisher publisher = broker.publisher(BufferLimits.DEFAULT)) {
      StepTelemetry fits = large("large", 0, 7_900_000);
      publisher.publish(fits);
      publisher.publish(large("large", 1, 9_000_000));
      publisher.publish(large("large", 2, 10));

      Await.until("two sent", () -> publisher.statistics().sent() == 2);
      assertThat(publisher.statistics().rejected()).isOne();
    }
    assertThat(broker.telemetry("large"))
        .extracting(telemetry -> telemetry.key().step())
        .containsExactly(0L, 2L);
  }

  /** Telemetry of about so many bytes, which do not compress well. */
  private static StepTelemetry large(String run, long step, int bytes) {
    SplittableRandom random = new SplittableRandom(step);
    StepTelemetry small =
        TrainingRuns.healthy(run).tokensPerRank(64).layers(1).build().telemetry(step, 0);
    List<TensorTelemetry> tensors = new ArrayList<>();
    for (int left = bytes; left > 0; left -= 220) {
      String name =
          random
              .ints(200, 'a', 'z')
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      tensors.add(new TensorTelemetry(name, 5, random.nextDouble(), 0, 0, 0));
    }
    return new StepTelemetry(
        small.key(),
        small.worldSize(),
        small.wallTime(),
        small.stepTimeMillis(),
        small.telemetryTimeMillis(),
        small.tokens(),
        small.losses(),
        small.gradientNorm(),
        small.clipCoefficient(),
        small.tensorPlacement(),
        tensors,
        small.moeShape(),
        small.moeLayers(),
        small.activations(),
        small.knobs(),
        small.lastCommand(),
        small.scalars(),
        0);
  }
}
