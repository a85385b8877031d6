package io.evenkeel.bench.store;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The broker, its topics, what is sent to them and how far the writer has come. */
final class Broker implements AutoCloseable {
  private static final String WRITERS = "evenkeel-writer";

  private final EmbeddedKafka kafka;
  private final Producer<byte[], byte[]> producer;
  private final Admin admin;

  Broker(Path folder) throws IOException {
    kafka = EmbeddedKafka.start(folder);
    List<NewTopic> topics =
        Topics.ALL.stream()
            .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) 1))
            .toList();
    kafka.createTopics(topics);
    // As the trainers' client and analytics send.
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", kafka.bootstrap(),
                "acks", "all",
                "linger.ms", "5",
                "compression.type", "lz4",
                "max.request.size", Integer.toString(Topics.MAX_MESSAGE_BYTES)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
  }

  String bootstrap() {
    return kafka.bootstrap();
  }

  void send(StepTelemetry telemetry) {
    send(
        Topics.TELEMETRY,
        Topics.telemetryKey(telemetry.key().run(), telemetry.key().rank()),
        Codecs.STEP_TELEMETRY.encode(telemetry));
  }

  void send(StepSignals signals) {
    send(Topics.SIGNALS, signals.key().run(), Codecs.STEP_SIGNALS.encode(signals));
  }

  private void send(String topic, String key, byte[] value) {
    producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
  }

  /** Returns when the broker has all that was sent. */
  void flush() {
    producer.flush();
  }

  /** Records ever sent to the topics that the bench uses. */
  long sent() throws BenchException {
    List<TopicPartition> partitions =
        Topics.ALL.stream()
            .filter(t -> t.name().equals(Topics.TELEMETRY) || t.name().equals(Topics.SIGNALS))
            .flatMap(
                topic ->
                    java.util.stream.IntStream.range(0, topic.partitions())
                        .mapToObj(p -> new TopicPartition(topic.name(), p)))
            .toList();
    Map<TopicPartition, OffsetSpec> asked =
        partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest()));
    try {
      return admin.listOffsets(asked).all().get().values().stream()
          .mapToLong(end -> end.offset())
          .sum();
    } catch (InterruptedException | ExecutionException e) {
      throw failed(e);
    }
  }

  /** Records that the writer has stored and said so. */
  long stored() throws BenchException {
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          new HashMap<>(
              admin.listConsumerGroupOffsets(WRITERS).partitionsToOffsetAndMetadata().get());
      committed.values().removeIf(java.util.Objects::isNull);
      return committed.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
    } catch (InterruptedException | ExecutionException e) {
      throw failed(e);
    }
  }

  private static BenchException failed(Exception cause) {
    if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new BenchException(ErrorId.BENCH_STORE, "the broker does not answer: " + cause + ".");
  }

  @Override
  public void close() {
    admin.close();
    producer.close();
    kafka.close();
  }
}
