package io.evenkeel.controller.kafka;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.controller.steer.ControlEvent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads signals as a member of the controllers' group, which shares out the runs. Commits nothing:
 * who gains a partition reads the last minute again, which fills the policies' windows, and the
 * ledger of commands keeps it from deciding twice.
 */
public final class SignalPump implements Runnable, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SignalPump.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LOOK_BACK = Duration.ofSeconds(60);

  private final KafkaConsumer<String, byte[]> consumer;
  private final FollowPump follower;
  private final BlockingQueue<ControlEvent> queue;
  private final Clock clock;
  private long generation;
  private volatile boolean closing;

  /** Reads into {@code queue} once run. */
  public SignalPump(
      KafkaLinks links, FollowPump follower, BlockingQueue<ControlEvent> queue, Clock clock) {
    this.consumer = links.owner();
    this.follower = follower;
    this.queue = queue;
    this.clock = clock;
  }

  @Override
  public void run() {
    try (consumer) {
      consumer.subscribe(Set.of(Topics.SIGNALS), new Rebalance());
      while (!closing) {
        try {
          for (ConsumerRecord<String, byte[]> item : consumer.poll(POLL)) {
            hand(item);
          }
        } catch (WakeupException e) {
          // close() asks us to look at the flag.
        } catch (KafkaException e) {
          LOG.warn(ErrorId.KAFKA_UNAVAILABLE.line("Cannot read signals: " + e));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void hand(ConsumerRecord<String, byte[]> item) throws InterruptedException {
    try {
      queue.put(new ControlEvent.SignalsRead(Codecs.STEP_SIGNALS.decode(item.value())));
    } catch (WireException e) {
      LOG.warn(
          "{} ({} partition {} offset {} skipped)",
          e.getMessage(),
          item.topic(),
          item.partition(),
          item.offset());
    }
  }

  private void tellOwnership(Collection<TopicPartition> owned) {
    Set<Integer> mine = new TreeSet<>();
    owned.forEach(partition -> mine.add(partition.partition()));
    LOG.info("Owns the runs of partitions {}", mine);
    int count = mine.isEmpty() ? 1 : consumer.partitionsFor(Topics.SIGNALS).size();
    long next = ++generation;
    try {
      queue.put(
          new ControlEvent.OwnershipChanged(next, run -> mine.contains(partitionOf(run, count))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    follower.askBarrier(next);
  }

  /** The partition of a run's key, as Kafka's own producers place it. */
  static int partitionOf(String run, int count) {
    return Utils.toPositive(Utils.murmur2(run.getBytes(StandardCharsets.UTF_8))) % count;
  }

  private final class Rebalance implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> gained) {
      Map<TopicPartition, Long> from = new HashMap<>();
      long start = clock.instant().minus(LOOK_BACK).toEpochMilli();
      gained.forEach(partition -> from.put(partition, start));
      Map<TopicPartition, OffsetAndTimestamp> offsets = consumer.offsetsForTimes(from);
      for (TopicPartition partition : gained) {
        OffsetAndTimestamp offset = offsets.get(partition);
        if (offset == null) {
          consumer.seekToEnd(Set.of(partition));
        } else {
          consumer.seek(partition, offset.offset());
        }
      }
      tellOwnership(consumer.assignment());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> lost) {
      Set<TopicPartition> kept = new HashSet<>(consumer.assignment());
      // During this call the assignment still holds what is being lost.
      kept.removeAll(lost);
      tellOwnership(kept);
    }
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
  }
}
