package io.evenkeel.controller.kafka;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.controller.steer.ControlEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads everything but signals, of all runs, from the beginning and on: so a controller knows what
 * it must of a run before it owns it. Answers barriers: "all that was in the log when you asked has
 * been handed over".
 */
public final class FollowPump implements Runnable, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FollowPump.class);
  private static final Duration POLL = Duration.ofMillis(100);

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
  private volatile boolean closing;

  /** Reads into {@code queue} once run. */
  public FollowPump(KafkaLinks links, BlockingQueue<ControlEvent> queue) {
    this.consumer = links.follower();
    this.queue = queue;
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
    }
  }

  private void hand(ConsumerRecord<String, byte[]> item, Source source)
      throws InterruptedException {
    try {
      queue.put(source.read().apply(item.value()));
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

  private void assign() {
    List<TopicPartition> all = new ArrayList<>();
    for (String topic : SOURCES.keySet()) {
      consumer
          .partitionsFor(topic)
          .forEach(p -> all.add(new TopicPartition(p.topic(), p.partition())));
    }
    consumer.assign(all);
    consumer.seekToBeginning(all);
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
