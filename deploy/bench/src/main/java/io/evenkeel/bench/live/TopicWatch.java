package io.evenkeel.bench.live;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Sees every record of a topic that comes after its start. */
public final class TopicWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private final String bootstrap;
  private final String topic;
  private final Consumer<ConsumerRecord<byte[], byte[]>> each;
  private final CountDownLatch watching = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean over;

  private TopicWatch(
      String bootstrap, String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
    this.bootstrap = bootstrap;
    this.topic = topic;
    this.each = each;
    this.thread = Thread.ofPlatform().daemon().name("watch-" + topic).unstarted(this::read);
  }

  /**
   * Begins, and returns when nothing is missed any more.
   *
   * @param each is called on the watch's own thread
   */
  public static TopicWatch start(
      String bootstrap, String topic, Consumer<ConsumerRecord<byte[], byte[]>> each)
      throws InterruptedException {
    TopicWatch watch = new TopicWatch(bootstrap, topic, each);
    watch.thread.start();
    watch.watching.await();
    return watch;
  }

  private void read() {
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
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position);
      watching.countDown();
      while (!over) {
        consumer.poll(POLL).forEach(each);
      }
    } finally {
      watching.countDown();
    }
  }

  @Override
  public void close() {
    over = true;
    try {
      thread.join(STOP_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
