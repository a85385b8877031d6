package io.evenkeel.bench.ingest;

import io.evenkeel.contract.topic.Topics;
import io.evenkeel.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The broker in this process, and a producer set as the trainers' client sets it. */
final class Broker implements AutoCloseable {

  private static final String OLD_BYTES = Integer.toString(256 << 20);
  private final EmbeddedKafka kafka;
  private final Producer<byte[], byte[]> producer;

  Broker(Path folder) throws IOException {
    kafka = EmbeddedKafka.start(folder);
    kafka.createTopics(
        Topics.ALL.stream()
            .map(
                topic ->
                    new NewTopic(topic.name(), topic.partitions(), (short) 1)
                        // What was sent is not read again; it must not fill the disk.
                        .configs(
                            topic.name().equals(Topics.TELEMETRY)
                                ? Map.of("retention.bytes", OLD_BYTES)
                                : Map.of()))
            .toList());
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                kafka.bootstrap(),
                "acks",
                "all",
                "enable.idempotence",
                "true",
                "linger.ms",
                "0",
                "compression.type",
                "lz4",
                "max.request.size",
                Integer.toString(Topics.MAX_MESSAGE_BYTES)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  String bootstrap() {
    return kafka.bootstrap();
  }

  /** Sends for so long and waits for the last acknowledgement; records a second. */
  double produce(Workload workload, double seconds) {
    LongAdder acknowledged = new LongAdder();
    long began = System.nanoTime();
    long deadline = began + (long) (seconds * 1e9);
    int size = workload.records().size();
    for (int i = 0; System.nanoTime() < deadline; i = i + 1 == size ? 0 : i + 1) {
      producer.send(
          new ProducerRecord<>(Topics.TELEMETRY, workload.keys().get(i), workload.records().get(i)),
          (place, failure) -> {
            if (failure == null) {
              acknowledged.increment();
            }
          });
    }
    producer.flush();
    return acknowledged.sum()
        / ((System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1));
  }

  @Override
  public void close() {
    producer.close();
    kafka.close();
  }
}
