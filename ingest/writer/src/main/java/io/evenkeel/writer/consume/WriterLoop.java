package io.evenkeel.writer.consume;

import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.writer.deadletter.DeadLetterTopic;
import io.evenkeel.writer.deadletter.PoisonIsolation;
import io.evenkeel.writer.store.StoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads, stores, commits, until stopped. */
public final class WriterLoop implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(WriterLoop.class);
  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(30);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
  private static final Duration IDLE_POLL = Duration.ofMillis(100);
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final Consumer<byte[], byte[]> consumer;
  private final PoisonIsolation store;
  private final DeadLetterTopic deadLetters;
  private final BatchLimits limits;
  private final Clock clock;
  private final Runnable joined;
  private final Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);
  private final Throughput throughput =
      new Throughput(REPORT_INTERVAL.toNanos(), System.nanoTime());

  private volatile boolean stopping;
  private Batch batch;
  private boolean paused;
  private boolean hasJoined;
  private boolean failing;

  /**
   * A loop that has not begun.
   *
   * @param consumer without automatic commits; the loop alone uses it, and closes it
   * @param store where records go
   * @param deadLetters where the others go
   * @param limits when to store
   * @param clock dates dead letters
   * @param joined called once, by the loop's thread, when the group has taken this writer in
   */
  public WriterLoop(
      Consumer<byte[], byte[]> consumer,
      PoisonIsolation store,
      DeadLetterTopic deadLetters,
      BatchLimits limits,
      Clock clock,
      Runnable joined) {
    this.consumer = consumer;
    this.store = store;
    this.deadLetters = deadLetters;
    this.limits = limits;
    this.clock = clock;
    this.joined = joined;
    this.batch = new Batch(clock);
  }

  /** Makes {@link #run} store what it has read, commit, and return. */
  public void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    try {
      consumer.subscribe(Decoder.TOPICS, new Rebalance());
      while (!stopping) {
        gather();
        if (isBatchDue()) {
          store();
        }
        report();
      }
      if (!batch.isEmpty() && !failing) {
        attempt();
      }
    } finally {
      consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
    }
  }

  private void gather() {
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(untilDue(System.nanoTime()))) {
        batch.add(record, System.nanoTime());
      }
    } catch (KafkaException e) {
      LOG.warn("{}", ErrorId.KAFKA_UNAVAILABLE.line(e.getMessage() + "."));
      pauseFor(backoff.next());
    }
  }

  /** Polling returns as soon as there are records, and at the latest when the batch is due. */
  private Duration untilDue(long nowNanos) {
    if (batch.isEmpty()) {
      return IDLE_POLL;
    }
    return Duration.ofNanos(Math.max(0, limits.linger().toNanos() - batch.ageNanos(nowNanos)));
  }

  private boolean isBatchDue() {
    return !batch.isEmpty()
        && (batch.records() >= limits.records()
            || batch.bytes() >= limits.bytes()
            || batch.ageNanos(System.nanoTime()) >= limits.linger().toNanos());
  }

  /** Does not return before the batch is stored or the loop stops. */
  private void store() {
    while (!attempt() && !stopping) {
      pauseFor(backoff.next());
      report();
    }
  }

  private boolean attempt() {
    long begin = System.nanoTime();
    Batch current = batch;
    try {
      List<DeadLetter> letters = new ArrayList<>(current.unreadable());
      letters.addAll(store.write(current.entries()));
      deadLetters.send(letters);
      batch = new Batch(clock);
      throughput.stored(current.records(), letters.size(), System.nanoTime() - begin);
      succeeded();
    } catch (StoreException e) {
      failed(e.kind().errorId(), String.valueOf(e.getMessage()));
      return false;
    } catch (KafkaException e) {
      failed(ErrorId.KAFKA_UNAVAILABLE, String.valueOf(e.getMessage()));
      return false;
    }
    commit(current);
    return true;
  }

  /** What is not committed is read and stored again, which changes nothing. */
  private void commit(Batch stored) {
    try {
      consumer.commitSync(stored.offsets());
    } catch (KafkaException e) {
      LOG.info("Offsets were not committed, some records will be read again: {}", e.getMessage());
    }
  }

  private void failed(ErrorId errorId, String message) {
    if (!failing) {
      LOG.warn("{}", errorId.line(message.lines().findFirst().orElse("") + "."));
    } else {
      LOG.debug("{}: {}", errorId, message);
    }
    failing = true;
  }

  private void succeeded() {
    if (failing) {
      LOG.info("The store works again.");
    }
    failing = false;
    backoff.reset();
  }

  /** Waits inside poll, so that the group does not take this writer for dead. */
  private void pauseFor(Duration wait) {
    paused = true;
    try {
      consumer.pause(consumer.assignment());
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
        batch.add(record, System.nanoTime());
      }
    } catch (KafkaException e) {
      LOG.debug("While waiting", e);
    } finally {
      paused = false;
      consumer.resume(consumer.assignment());
    }
  }

  private void report() {
    long now = System.nanoTime();
    if (!throughput.isDue(now)) {
      return;
    }
    if (!hasJoined) {
      LOG.warn("{}", ErrorId.KAFKA_UNAVAILABLE.line("Not yet a member of the group."));
    }
    LOG.info("{}", throughput.report(lag(), now));
  }

  private long lag() {
    long lag = 0;
    for (TopicPartition partition : consumer.assignment()) {
      OptionalLong behind = consumer.currentLag(partition);
      lag += behind.orElse(0);
    }
    return lag;
  }

  private final class Rebalance implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (paused) {
        consumer.pause(partitions);
      }
      if (!hasJoined) {
        hasJoined = true;
        joined.run();
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      batch.drop(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      batch.drop(partitions);
    }
  }
}
