package io.evenkeel.client.kafka;

import io.evenkeel.client.AlertSubscription;
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

/** A real broker with Evenkeel's topics, which is really stopped and started again. */
public final class KafkaBroker implements ClientContract.Broker {

  private final Path directory;
  private final String bootstrap;
  private EmbeddedKafka kafka;

  private KafkaBroker(Path directory) {
    this.directory = directory;
    start();
    bootstrap = kafka.bootstrap();
  }

  /** Starts one that keeps its data in {@code directory}, and creates the topics. */
  public static KafkaBroker in(Path directory) throws IOException {
    KafkaBroker broker = new KafkaBroker(directory);
    EmbeddedKafka.createTopics(broker.bootstrap, topics());
    return broker;
  }

  /** What clients connect to, the same over all its lives. */
  public String bootstrap() {
    return bootstrap;
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
    return read(bootstrap, Topics.TELEMETRY, Codecs.STEP_TELEMETRY, Topics.telemetryKey(run, 0));
  }

  @Override
  public List<RunSpec> runs(String run) {
    return read(bootstrap, Topics.RUNS, Codecs.RUN_SPEC, run);
  }

  @Override
  public List<CommandAck> acks(String run) {
    return read(bootstrap, Topics.ACKS, Codecs.COMMAND_ACK, run);
  }

  static List<NewTopic> topics() {
    return Topics.ALL.stream()
        .map(
            topic ->
                new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.of((short) 1)))
        .toList();
  }

  static <T> List<T> read(String bootstrap, String topic, Codec<T> codec, String key) {
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
