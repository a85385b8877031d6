package io.evenkeel.writer;

import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker with Evenkeel's topics, and a producer for it. */
public final class TestKafka implements AutoCloseable {

  private final EmbeddedKafka broker;
  private final Producer<byte[], byte[]> producer;

  /** Starts it in a folder. */
  public TestKafka(Path folder) throws IOException {
    broker = EmbeddedKafka.start(folder);
    List<NewTopic> topics =
        Topics.ALL.stream()
            .map(
                topic ->
                    new NewTopic(topic.name(), topic.partitions(), (short) 1)
                        .configs(
                            Map.of(
                                "max.message.bytes",
                                Integer.toString(Topics.MAX_MESSAGE_BYTES + 65_536))))
            .toList();
    broker.createTopics(topics);
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "acks",
                "all",
                "linger.ms",
                "0",
                "max.request.size",
                Integer.toString(Topics.MAX_MESSAGE_BYTES)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Its address. */
  public String bootstrap() {
    return broker.bootstrap();
  }

  /** Sends bytes. */
  public Future<?> send(String topic, String key, byte[] value) {
    return producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
  }

  /** Sends an observation. */
  public Future<?> send(StepTelemetry telemetry) {
    return send(
        Topics.TELEMETRY,
        Topics.telemetryKey(telemetry.key().run(), telemetry.key().rank()),
        Codecs.STEP_TELEMETRY.encode(telemetry));
  }

  /** Sends signals. */
  public Future<?> send(StepSignals signals) {
    return send(Topics.SIGNALS, signals.key().run(), Codecs.STEP_SIGNALS.encode(signals));
  }

  /** Returns when the broker has all that was sent. */
  public void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
    broker.close();
  }
}
