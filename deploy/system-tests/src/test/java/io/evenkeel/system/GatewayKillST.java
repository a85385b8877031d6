package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * kill -9 of gateway, writer, broker and database, again and again in random order, while trainers
 * send: what was accepted is stored, once.
 *
 * <p>A minute; {@code -Devenkeel.kill.seconds=300} makes it five. {@code -Devenkeel.kill.seed=N}
 * repeats an order.
 */
@ExtendWith(SharedStack.class)
@Order(40)
class GatewayKillST {
  private static final long SECONDS = Long.getLong("evenkeel.kill.seconds", 60);
  private static final Duration RETURN = Duration.ofMinutes(2);
  private static final int RANKS = 2;

  private static final List<String> PARTS =
      List.of("gateway", "writer", "kafka", "postgres", "analytics");

  /** Of four kills, one comes before all is well again. */
  private static final int PATIENT = 4;

  private final List<LoadSender> senders = new ArrayList<>();
  private final Map<String, Integer> killed = new TreeMap<>();

  @Test
  void shouldStoreEveryAcceptedObservationOnceWhenPartsAreKilledOverAndOver(Evenkeel evenkeel)
      throws Exception {
    long seed = Long.getLong("evenkeel.kill.seed", System.nanoTime());
    System.out.println("kill loop: seed " + seed + ", " + SECONDS + " s");
    double deadLetters = evenkeel.number("select count(*) from ui_v1_dead_letters");
    GatewayClient gateway = new GatewayClient(evenkeel.gateway(), evenkeel.firstToken());
    try (KafkaProducer<byte[], byte[]> producer = producer(evenkeel)) {
      for (int rank = 0; rank < RANKS; rank++) {
        add("kill-protobuf", rank, LoadSender.protobuf(gateway));
        add("kill-ndjson", rank, LoadSender.ndjson(gateway));
        add("kill-kafka", rank, LoadSender.kafka(producer));
      }
      senders.forEach(LoadSender::start);
      killParts(evenkeel, new Random(seed));
      senders.forEach(LoadSender::finish);
      for (LoadSender sender : senders) {
        sender.awaitEnd(RETURN);
      }
    }
    tell();
    StoredOnce.check(evenkeel, senders);
    assertThat(evenkeel.number("select count(*) from ui_v1_dead_letters")).isEqualTo(deadLetters);
  }

  private void add(String run, int rank, LoadSender.Way way) {
    senders.add(new LoadSender(run, rank, RANKS, way));
  }

  /** Round after round in random order, at least one round, so that each part has its turn. */
  private void killParts(Evenkeel evenkeel, Random random) throws Exception {
    Map<String, Long> last = new HashMap<>();
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    awaitProgress(evenkeel);
    while (killed.size() < PARTS.size() || System.nanoTime() < end) {
      List<String> round = new ArrayList<>(PARTS);
      Collections.shuffle(round, random);
      for (String part : round) {
        last.put(part, evenkeel.killAgain(part, last.getOrDefault(part, -1L), RETURN));
        killed.merge(part, 1, Integer::sum);
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(2_000)).toNanos());
        if (random.nextInt(PATIENT) > 0) {
          awaitProgress(evenkeel);
        }
      }
    }
  }

  /**
   * Waits until every sender has had an answer: a loop in which nothing gets through shows nothing.
   */
  private void awaitProgress(Evenkeel evenkeel) throws InterruptedException {
    for (LoadSender sender : senders) {
      sender.awaitMore(RETURN, evenkeel::console);
    }
  }

  private void tell() {
    System.out.println("killed " + killed);
    for (LoadSender sender : senders) {
      System.out.printf(
          "%s: %d accepted, %d batches repeated, longest wait %.1f s%n",
          sender, sender.accepted(), sender.repeated(), sender.longestWait().toMillis() / 1000.0);
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(Evenkeel evenkeel) throws Exception {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            evenkeel.bootstrap(),
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
