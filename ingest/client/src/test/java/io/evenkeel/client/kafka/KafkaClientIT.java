package io.evenkeel.client.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.Await;
import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.ClientContract;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract against a real broker, which is really stopped and started again. */
class KafkaClientIT extends ClientContract {

  @TempDir static Path directory;

  private static RealBroker broker;

  @BeforeAll
  static void startBroker() throws IOException {
    broker = new RealBroker();
    EmbeddedKafka.createTopics(broker.bootstrap, topics());
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

      admin.createTopics(topics()).all().get(60, TimeUnit.SECONDS);
      training.stream(100).skip(200).forEach(publisher::publish);

      Await.until("all sent", () -> publisher.statistics().sent() == 401);
      assertThat(commands.poll()).isEmpty();
      for (int rank = 0; rank < 4; rank++) {
        int own = rank;
        assertThat(
                new LinkedHashSet<>(
                    read(
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

  private static List<NewTopic> topics() {
    return Topics.ALL.stream()
        .map(
            topic ->
                new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.of((short) 1)))
        .toList();
  }

  private static <T> List<T> read(String bootstrap, String topic, Codec<T> codec, String key) {
    List<T> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (new String(record.key(), StandardCharsets.UTF_8).equals(key)) {
            found.add(codec.decode(record.value()));
          }
        }
      }
      return found;
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  private static final class RealBroker implements Broker {
    private final String bootstrap;
    private EmbeddedKafka kafka;

    RealBroker() {
      start();
      bootstrap = kafka.bootstrap();
    }

    @Override
    public TelemetryPublisher publisher(BufferLimits limits) {
      return KafkaClient.publisher(options().withLimits(limits));
    }

    @Override
    public CommandSubscription subscription(String run) {
      return KafkaClient.subscription(options(), run);
    }

    @Override
    public AlertSubscription alerts(String run) {
      return KafkaClient.alerts(options(), run);
    }

    private KafkaOptions options() {
      return KafkaOptions.of(bootstrap);
    }

    @Override
    public void send(String run, byte[] command) {
      write(Topics.COMMANDS, run, command);
    }

    @Override
    public void sendAlert(String run, byte[] alert) {
      write(Topics.ALERTS, run, alert);
    }

    private void write(String topic, String run, byte[] value) {
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", bootstrap, "acks", "all"),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        producer
            .send(new ProducerRecord<>(topic, run.getBytes(StandardCharsets.UTF_8), value))
            .get(30, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void stop() {
      if (kafka != null) {
        kafka.close();
        kafka = null;
      }
    }

    @Override
    public void start() {
      if (kafka == null) {
        try {
          kafka = EmbeddedKafka.start(directory);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    @Override
    public List<StepTelemetry> telemetry(String run) {
      return KafkaClientIT.read(
          bootstrap, Topics.TELEMETRY, Codecs.STEP_TELEMETRY, Topics.telemetryKey(run, 0));
    }

    @Override
    public List<RunSpec> runs(String run) {
      return KafkaClientIT.read(bootstrap, Topics.RUNS, Codecs.RUN_SPEC, run);
    }

    @Override
    public List<CommandAck> acks(String run) {
      return KafkaClientIT.read(bootstrap, Topics.ACKS, Codecs.COMMAND_ACK, run);
    }
  }
}
