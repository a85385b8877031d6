package io.evenkeel.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
  private static final NewTopic TOPIC =
      new NewTopic("telemetry", Optional.of(3), Optional.of((short) 1))
          .configs(Map.of("max.message.bytes", Integer.toString(EmbeddedKafka.MAX_MESSAGE_BYTES)));

  @TempDir Path dir;

  @Test
  void shouldKeepMessagesAndPortWhenStartedAgain() throws Exception {
    byte[] large = new byte[7 << 20];
    large[large.length - 1] = 7;
    int port;
    try (EmbeddedKafka first = EmbeddedKafka.start(dir)) {
      port = first.port();
      first.createTopics(List.of(TOPIC));
      // Twice is as good as once: every start of a service asks for the topics.
      first.createTopics(List.of(TOPIC));
      send(first.bootstrap(), 0, new byte[] {1, 2, 3});
      send(first.bootstrap(), 2, large);
    }
    try (EmbeddedKafka second = EmbeddedKafka.start(dir)) {
      assertThat(second.port()).isEqualTo(port);
      List<byte[]> found = receive(second.bootstrap(), 2);
      assertThat(found).hasSize(2);
      assertThat(found).anySatisfy(value -> assertThat(value).containsExactly(1, 2, 3));
      assertThat(found).anySatisfy(value -> assertThat(value).isEqualTo(large));
    }
  }

  @Test
  void shouldSayWhichPortWhenItIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedKafka.start(dir, taken.getLocalPort()))
          .isInstanceOf(PortTakenException.class)
          .hasMessageContaining("port " + taken.getLocalPort() + " is in use");
    }
  }

  @Test
  void shouldTakeAnotherPortWhenSomebodyWasQuicker() throws Exception {
    try (ServerSocket quicker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      AtomicInteger looks = new AtomicInteger();
      // At the first look the port was free, so to say.
      BrokerPorts.Choice late =
          (file, wanted) ->
              looks.incrementAndGet() == 1
                  ? new BrokerPorts(quicker.getLocalPort(), Ports.free())
                  : BrokerPorts.choose(file, wanted);
      try (EmbeddedKafka kafka = EmbeddedKafka.start(dir, 0, late)) {
        assertThat(looks).hasValue(2);
        assertThat(kafka.port()).isNotEqualTo(quicker.getLocalPort());
        kafka.createTopics(List.of(TOPIC));
        send(kafka.bootstrap(), 0, new byte[] {1, 2, 3});
        assertThat(receive(kafka.bootstrap(), 1)).hasSize(1);
      }
    }
  }

  private static void send(String bootstrap, int partition, byte[] value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                EmbeddedKafka.MAX_MESSAGE_BYTES),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(TOPIC.name(), partition, null, value))
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static List<byte[]> receive(String bootstrap, int count) {
    List<byte[]> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(
          List.of(
              new TopicPartition(TOPIC.name(), 0),
              new TopicPartition(TOPIC.name(), 1),
              new TopicPartition(TOPIC.name(), 2)));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (found.size() < count && System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          found.add(record.value());
        }
      }
    }
    return found;
  }
}
