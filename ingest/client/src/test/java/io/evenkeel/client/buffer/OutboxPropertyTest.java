package io.evenkeel.client.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.BufferLimits;
import io.evenkeel.client.PublisherStatistics;
import io.evenkeel.testing.SeededCases;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Random histories of a buffer: what is published, sent, acknowledged, refused and broken. */
class OutboxPropertyTest {

  private static final long MEBI = 1 << 20;

  @Test
  void shouldKeepItsInvariantsWhateverHappens() {
    SeededCases.forEach(300, OutboxPropertyTest::checkHistory);
  }

  private static void checkHistory(RandomGenerator random) {
    BufferLimits limits =
        new BufferLimits(8 * MEBI + random.nextInt(1 << 24), 1 + random.nextInt(40));
    Outbox outbox = new Outbox(limits);
    List<Outgoing> inFlight = new ArrayList<>();
    // The number of the last record handed out since the last break, by destination.
    Map<Destination, Integer> last = new EnumMap<>(Destination.class);
    for (int number = 0; number < 400; number++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> offer(outbox, record(random, number), limits);
        case 3, 4 -> send(outbox, inFlight, last, random);
        case 5 -> {
          if (!inFlight.isEmpty()) {
            outbox.acknowledged(inFlight.remove(random.nextInt(inFlight.size())));
          }
        }
        case 6 -> {
          if (!inFlight.isEmpty()) {
            outbox.refused(inFlight.remove(random.nextInt(inFlight.size())));
          }
        }
        default -> {
          if (random.nextInt(10) == 0) {
            outbox.returnAll();
            inFlight.clear();
            last.clear();
          }
        }
      }
      check(outbox, limits, inFlight);
    }
    PublisherStatistics before = outbox.statistics();
    outbox.giveUp();
    assertThat(outbox.statistics().dropped()).isEqualTo(before.dropped() + before.queued());
    assertThat(outbox.statistics().queuedBytes()).isZero();
    assertThat(outbox.isEmpty()).isTrue();
  }

  private static Outgoing record(RandomGenerator random, int number) {
    Destination destination =
        random.nextInt(4) == 0 ? Destination.values()[random.nextInt(2)] : Destination.TELEMETRY;
    return new Outgoing(destination, "k", number, 1 + random.nextInt((int) (2 * MEBI)));
  }

  private static void offer(Outbox outbox, Outgoing record, BufferLimits limits) {
    PublisherStatistics before = outbox.statistics();
    boolean fits =
        before.queued() < limits.maxRecords()
            && before.queuedBytes() + record.bytes <= limits.maxBytes();

    outbox.offer(record);

    PublisherStatistics after = outbox.statistics();
    if (fits) {
      assertThat(after.dropped()).isEqualTo(before.dropped());
    }
    long droppedControl = after.dropped() - after.droppedTelemetry();
    if (droppedControl > before.dropped() - before.droppedTelemetry()) {
      // A run or acknowledgement went: then there was no telemetry left to drop instead.
      assertThat(record.destination).isNotEqualTo(Destination.TELEMETRY);
    }
  }

  private static void send(
      Outbox outbox,
      List<Outgoing> inFlight,
      Map<Destination, Integer> last,
      RandomGenerator random) {
    Outgoing next = outbox.next();
    if (next == null) {
      return;
    }
    inFlight.add(next);
    Integer previous = last.put(next.destination, (Integer) next.message);
    if (previous != null) {
      assertThat((Integer) next.message).as("order within a destination").isGreaterThan(previous);
    }
    if (random.nextBoolean()) {
      outbox.encoded(next, new byte[random.nextInt(2_000)]);
    }
  }

  private static void check(Outbox outbox, BufferLimits limits, List<Outgoing> inFlight) {
    PublisherStatistics now = outbox.statistics();
    assertThat(now.accepted())
        .isEqualTo(now.sent() + now.dropped() + now.rejected() + now.queued());
    assertThat(now.queued()).isBetween(inFlight.size(), limits.maxRecords());
    assertThat(now.queuedBytes()).isBetween(0L, limits.maxBytes());
    assertThat(outbox.inFlight()).isEqualTo(inFlight.size());
  }

  @Test
  void shouldSendAgainInOrderWhenConnectionBreaks() {
    Outbox outbox = new Outbox(BufferLimits.DEFAULT);
    for (int i = 0; i < 5; i++) {
      outbox.offer(new Outgoing(Destination.TELEMETRY, "k", i, 10));
    }
    outbox.acknowledged(outbox.next());
    outbox.next();
    Outgoing second = outbox.next();
    outbox.acknowledged(second);
    outbox.next();

    outbox.returnAll();

    List<Object> again = new ArrayList<>();
    for (Outgoing next = outbox.next(); next != null; next = outbox.next()) {
      again.add(next.message);
      outbox.acknowledged(next);
    }
    assertThat(again).containsExactly(1, 3, 4);
    assertThat(outbox.statistics().sent()).isEqualTo(5);
  }

  /** Keys decide partitions: that one has a leader says nothing of another. */
  @Test
  void shouldSendOneAtATimeUntilEachKeyHasAnswered() {
    Outbox outbox = new Outbox(new BufferLimits(8 * MEBI, 100));
    for (String key : List.of("run#0", "run#1", "run#1")) {
      outbox.offer(new Outgoing(Destination.TELEMETRY, key, key, 10));
    }
    Outgoing first = Objects.requireNonNull(outbox.next());
    outbox.acknowledged(first);

    Outgoing ofAnother = Objects.requireNonNull(outbox.next());

    assertThat(ofAnother.key).isEqualTo("run#1");
    assertThat(outbox.next()).isNull();
    outbox.acknowledged(ofAnother);
    assertThat(outbox.next()).isNotNull();
  }

  @Test
  void shouldSendOneAtATimeUntilADestinationHasAnswered() {
    Outbox outbox = new Outbox(BufferLimits.DEFAULT);
    for (int i = 0; i < 3; i++) {
      outbox.offer(new Outgoing(Destination.TELEMETRY, "k", i, 10));
      outbox.offer(new Outgoing(Destination.ACKS, "k", i, 10));
    }
    Outgoing ack = outbox.next();
    Outgoing telemetry = outbox.next();

    assertThat(ack.destination).isEqualTo(Destination.ACKS);
    assertThat(telemetry.destination).isEqualTo(Destination.TELEMETRY);
    assertThat(outbox.next()).isNull();
    outbox.acknowledged(telemetry);
    assertThat(outbox.next()).isNotNull();
    assertThat(outbox.next()).isNotNull();
    assertThat(outbox.next()).isNull();
  }
}
