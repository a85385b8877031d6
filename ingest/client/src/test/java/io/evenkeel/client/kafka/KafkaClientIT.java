package io.evenkeel.client.kafka;

import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.ClientContract;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.embedded.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
import org.junit.jupiter.api.io.TempDir;

/** The contract against a real broker, which is really stopped and started again. */
class KafkaClientIT extends ClientContract {

  @TempDir static Path directory;

  private static RealBroker broker;

  @BeforeAll
  static void startBroker() throws IOException {
    broker = new RealBroker();
    EmbeddedKafka.createTopics(
        broker.bootstrap,
        Topics.ALL.stream()
            .map(
                topic ->
                    new NewTopic(
                        topic.name(), Optional.of(topic.partitions()), Optional.of((short) 1)))
            .toList());
  }

  @AfterAll
  static void stopBroker() {
    broker.stop();
  }

  @Override
  protected Broker broker() {
    return broker;
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

    private KafkaOptions options() {
      return KafkaOptions.of(bootstrap);
    }

    @Override
    public void send(String run, byte[] command) {
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", bootstrap, "acks", "all"),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        producer
            .send(
                new ProducerRecord<>(
                    Topics.COMMANDS, run.getBytes(StandardCharsets.UTF_8), command))
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
      return read(Topics.TELEMETRY, Codecs.STEP_TELEMETRY, Topics.telemetryKey(run, 0));
    }

    @Override
    public List<RunSpec> runs(String run) {
      return read(Topics.RUNS, Codecs.RUN_SPEC, run);
    }

    @Override
    public List<CommandAck> acks(String run) {
      return read(Topics.ACKS, Codecs.COMMAND_ACK, run);
    }

    private <T> List<T> read(String topic, Codec<T> codec, String key) {
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
  }
}
