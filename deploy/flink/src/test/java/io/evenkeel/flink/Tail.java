package io.evenkeel.flink;

import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** All that a topic holds and will hold, read by a thread of its own. */
final class Tail<T> implements AutoCloseable {

  private final List<T> seen = new CopyOnWriteArrayList<>();
  private final Thread reader;
  private volatile boolean closed;

  Tail(String bootstrap, String topic, Codec<T> codec) {
    reader = new Thread(() -> read(bootstrap, topic, codec), "tail-" + topic);
    reader.start();
  }

  List<T> seen() {
    return seen;
  }

  private void read(String bootstrap, String topic, Codec<T> codec) {
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
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
          seen.add(codec.decode(record.value()));
        }
      }
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    reader.join(5_000);
  }
}
