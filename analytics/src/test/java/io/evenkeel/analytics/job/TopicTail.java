package io.evenkeel.analytics.job;

import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** All that a topic holds and will hold, read by a thread of its own. */
final class TopicTail<T> implements AutoCloseable {

  private final List<T> seen = new CopyOnWriteArrayList<>();
  private final Thread reader;
  private volatile boolean closed;

  private TopicTail(String bootstrap, String topic, Codec<T> codec, Consumer<T> listener) {
    reader = new Thread(() -> read(bootstrap, topic, codec, listener), "tail-" + topic);
    reader.start();
  }

  static <T> TopicTail<T> of(String bootstrap, String topic, Codec<T> codec) {
    return of(bootstrap, topic, codec, record -> {});
  }

  static <T> TopicTail<T> of(String bootstrap, String topic, Codec<T> codec, Consumer<T> listener) {
    return new TopicTail<>(bootstrap, topic, codec, listener);
  }

  List<T> seen() {
    return seen;
  }

  private void read(String bootstrap, String topic, Codec<T> codec, Consumer<T> listener) {
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
          T value = codec.decode(record.value());
          listener.accept(value);
          seen.add(value);
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
