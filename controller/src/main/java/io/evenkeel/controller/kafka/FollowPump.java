package io.evenkeel.controller.kafka;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.controller.steer.ControlEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads everything but signals, of all runs that are not over, from their beginning and on: so a
 * controller knows what it must of a run before it owns it. From where on that is, is kept in Kafka
 * as the offsets of a group without members (ADR 40). Answers barriers: "all that was in the log
 * when you asked has been handed over".
 */
public final class FollowPump implements Runnable, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FollowPump.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration MARK_EVERY = Duration.ofSeconds(30);
  private static final Duration LAST_MARK_WAIT = Duration.ofSeconds(1);

  private record Source(Function<byte[], ControlEvent> read) {}

  private static final Map<String, Source> SOURCES = new LinkedHashMap<>();

  static {
    SOURCES.put(Topics.RUNS, source(Codecs.RUN_SPEC, ControlEvent.RunRead::new));
    SOURCES.put(Topics.COMMANDS, source(Codecs.COMMAND, ControlEvent.CommandRead::new));
    SOURCES.put(Topics.ACKS, source(Codecs.COMMAND_ACK, ControlEvent.AckRead::new));
    SOURCES.put(
        Topics.OPERATOR_REQUESTS, source(Codecs.OPERATOR_REQUEST, ControlEvent.RequestRead::new));
    SOURCES.put(Topics.AUDIT, source(Codecs.AUDIT_ENTRY, ControlEvent.AuditRead::new));
    SOURCES.put(Topics.ALERTS, source(Codecs.ALERT_EVENT, ControlEvent.AlertRead::new));
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable(WireException cause) {
      super(cause);
    }
  }

  private static <T> Source source(Codec<T> codec, Function<T, ControlEvent> event) {
    return new Source(
        bytes -> {
          try {
            return event.apply(codec.decode(bytes));
          } catch (WireException e) {
            throw new Unreadable(e);
          }
        });
  }

  private final KafkaConsumer<String, byte[]> consumer;
  private final BlockingQueue<ControlEvent> queue;
  private final ConcurrentLinkedQueue<Long> asked = new ConcurrentLinkedQueue<>();
  private final Map<Long, Map<TopicPartition, Long>> barriers = new LinkedHashMap<>();
  private final ReplayMarks marks = new ReplayMarks();
  private final Clock clock;
  private boolean knowsAll;
  private Instant markedAt = Instant.MIN;
  private volatile boolean closing;

  /** Reads into {@code queue} once run. */
  public FollowPump(KafkaLinks links, BlockingQueue<ControlEvent> queue, Clock clock) {
    this.consumer = links.follower();
    this.queue = queue;
    this.clock = clock;
  }

  /** Asks for {@link ControlEvent.CaughtUp} of this generation. Any thread. */
  void askBarrier(long generation) {
    asked.add(generation);
  }

  @Override
  public void run() {
    try (consumer) {
      while (!closing) {
        try {
          round();
        } catch (WakeupException e) {
          // close() asks us to look at the flag.
        } catch (KafkaException e) {
          LOG.warn(ErrorId.KAFKA_UNAVAILABLE.line("Cannot follow the runs: " + e));
        }
      }
      markLast();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() throws InterruptedException {
    if (consumer.assignment().isEmpty()) {
      assign();
    }
    for (ConsumerRecord<String, byte[]> item : consumer.poll(POLL)) {
      Source source = SOURCES.get(item.topic());
      if (source != null && item.value() != null) {
        hand(item, source);
      }
    }
    if (!consumer.assignment().isEmpty()) {
      answerBarriers();
      mark();
    }
  }

  /**
   * Keeps from where on the next start must read. Before all is known, no run is known to be over.
   */
  private void mark() {
    Instant now = clock.instant();
    if (knowsAll && !now.isBefore(markedAt.plus(MARK_EVERY))) {
      markedAt = now;
      consumer.commitAsync(
          marksNow(now),
          (offsets, failure) -> {
            if (failure != null) {
              LOG.debug("The next start may read more than it must: {}", failure.toString());
            }
          });
    }
  }

  private void markLast() {
    if (knowsAll) {
      try {
        commitLast();
      } catch (KafkaException e) {
        LOG.debug("The next start may read more than it must: {}", e.toString());
      }
    }
  }

  private void commitLast() {
    Map<TopicPartition, OffsetAndMetadata> last = marksNow(clock.instant());
    try {
      consumer.commitSync(last, LAST_MARK_WAIT);
    } catch (WakeupException e) {
      // What close() has sent, and no poll has taken.
      consumer.commitSync(last, LAST_MARK_WAIT);
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> marksNow(Instant now) {
    Map<TopicPartition, Long> positions = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      if (!partition.topic().equals(Topics.RUNS)) {
        positions.put(partition, consumer.position(partition));
      }
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    marks.at(positions, now).forEach((p, offset) -> offsets.put(p, new OffsetAndMetadata(offset)));
    return offsets;
  }

  private void hand(ConsumerRecord<String, byte[]> item, Source source)
      throws InterruptedException {
    try {
      ControlEvent event = source.read().apply(item.value());
      note(item, event);
      queue.put(event);
    } catch (Unreadable e) {
      // The writer keeps unreadable records of every topic as dead letters.
      LOG.warn(
          "{} ({} partition {} offset {} skipped)",
          String.valueOf(e.getMessage()),
          item.topic(),
          item.partition(),
          item.offset());
    }
  }

  private void note(ConsumerRecord<String, byte[]> item, ControlEvent event) {
    TopicPartition partition = new TopicPartition(item.topic(), item.partition());
    switch (event) {
      case ControlEvent.RunRead read -> marks.declared(read.spec());
      case ControlEvent.RequestRead read when read.request().isForAllRuns() ->
          marks.readForAll(partition, read.request(), item.offset());
      default ->
          marks.read(partition, item.key(), item.offset(), Instant.ofEpochMilli(item.timestamp()));
    }
  }

  private void assign() {
    List<TopicPartition> all = new ArrayList<>();
    for (String topic : SOURCES.keySet()) {
      consumer
          .partitionsFor(topic)
          .forEach(p -> all.add(new TopicPartition(p.topic(), p.partition())));
    }
    // Asked before anything is assigned: what fails now is tried again whole.
    Map<TopicPartition, OffsetAndMetadata> marked = consumer.committed(Set.copyOf(all));
    consumer.assign(all);
    consumer.seekToBeginning(all);
    long from = 0;
    for (TopicPartition partition : all) {
      OffsetAndMetadata mark = marked.get(partition);
      if (mark != null) {
        consumer.seek(partition, mark);
        from += mark.offset();
      }
    }
    LOG.info("Reads what is known of the runs; {} records of ended runs are left out", from);
  }

  private void answerBarriers() throws InterruptedException {
    for (Long generation = asked.peek(); generation != null; generation = asked.peek()) {
      barriers.put(generation, consumer.endOffsets(consumer.assignment()));
      asked.remove();
    }
    var waiting = barriers.entrySet().iterator();
    while (waiting.hasNext()) {
      var barrier = waiting.next();
      boolean reached = true;
      for (var end : barrier.getValue().entrySet()) {
        reached &= consumer.position(end.getKey()) >= end.getValue();
      }
      if (reached) {
        queue.put(new ControlEvent.CaughtUp(barrier.getKey()));
        knowsAll = true;
        waiting.remove();
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
  }
}
