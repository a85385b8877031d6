package io.evenkeel.writer.consume;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.writer.consume.StoreQueue.Outcome;
import io.evenkeel.writer.deadletter.DeadLetterTopic;
import io.evenkeel.writer.deadletter.PoisonIsolation;
import io.evenkeel.writer.metrics.WriterMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, stores, commits, until stopped: while one batch is stored, the next is read. A batch is
 * begun only after the one before it is stored, and its offsets are committed after it is.
 */
public final class WriterLoop implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(WriterLoop.class);
  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(30);
  private static final Duration LAG_INTERVAL = Duration.ofSeconds(1);
  private static final Duration LAG_LIMIT = Duration.ofMillis(500);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
  private static final Duration IDLE_POLL = Duration.ofMillis(100);

  /** How often a loop that waits for the store looks at both. */
  private static final Duration STORING_POLL = Duration.ofMillis(5);

  /** How long partitions that go to another writer wait for their records to be stored. */
  private static final Duration REVOKE_LIMIT = Duration.ofSeconds(3);

  private static final Duration STOP_LIMIT = Duration.ofMillis(1_500);
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final Consumer<byte[], byte[]> consumer;
  private final StoreQueue queue;
  private final BatchLimits limits;
  private final Clock clock;
  private final WriterMetrics metrics;
  private final Runnable joined;
  private final Backoff storeBackoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);
  private final Backoff readBackoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);
  private final Throughput throughput =
      new Throughput(REPORT_INTERVAL.toNanos(), System.nanoTime());
  private final CountDownLatch stopping = new CountDownLatch(1);

  private Batch batch;
  private boolean paused;
  private boolean hasJoined;
  private boolean failing;
  private long againNanos;
  private long measuredNanos = System.nanoTime();

  /**
   * A loop that has not begun.
   *
   * @param consumer without automatic commits; the loop alone uses it, and closes it
   * @param store where records go; used by {@code storing} alone
   * @param deadLetters where the others go; the same
   * @param storing a thread that stores while the loop reads
   * @param limits when to store
   * @param clock dates dead letters
   * @param metrics told of everything
   * @param joined called once, by the loop's thread, when the group has taken this writer in
   */
  public WriterLoop(
      Consumer<byte[], byte[]> consumer,
      PoisonIsolation store,
      DeadLetterTopic deadLetters,
      ExecutorService storing,
      BatchLimits limits,
      Clock clock,
      WriterMetrics metrics,
      Runnable joined) {
    this.consumer = consumer;
    this.queue = new StoreQueue(store, deadLetters, storing);
    this.limits = limits;
    this.clock = clock;
    this.metrics = metrics;
    this.joined = joined;
    this.batch = new Batch(clock);
  }

  /** Makes {@link #run} store what it has read, commit, and return. */
  public void stop() {
    stopping.countDown();
  }

  @Override
  public void run() {
    try {
      consumer.subscribe(Decoder.TOPICS, new Rebalance());
      while (stopping.getCount() > 0) {
        advance(Duration.ZERO);
        read();
        report();
      }
      finish();
    } finally {
      consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
    }
  }

  /** The store goes on with the next batch while the offsets of the stored one are committed. */
  private void advance(Duration limit) {
    Batch stored = settle(limit);
    begin();
    commit(stored);
  }

  /** Begins to store the batch that is due, or anew the one that failed. */
  private void begin() {
    if (queue.isBusy()) {
      return;
    }
    Batch failed = queue.batch();
    if (failed != null) {
      if (System.nanoTime() - againNanos >= 0) {
        queue.begin(failed);
      }
    } else if (isBatchDue()) {
      queue.begin(batch);
      batch = new Batch(clock);
    }
  }

  private boolean isBatchDue() {
    return isBatchFull()
        || (!batch.isEmpty() && batch.ageNanos(System.nanoTime()) >= limits.linger().toNanos());
  }

  private boolean isBatchFull() {
    return batch.records() >= limits.records() || batch.bytes() >= limits.bytes();
  }

  /**
   * Adds to the batch. A full one waits for the one before it inside poll, paused, so that the
   * group does not take this writer for dead.
   */
  private void read() {
    pause(isBatchFull());
    if (paused) {
      advance(STORING_POLL);
    }
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience(System.nanoTime()))) {
        batch.add(record, System.nanoTime());
      }
      readBackoff.reset();
    } catch (KafkaException e) {
      LOG.warn("{}", ErrorId.KAFKA_UNAVAILABLE.line(e.getMessage() + "."));
      waitToReadAgain();
    }
  }

  /** Polling returns as soon as there are records, and at the latest when something is due. */
  private Duration patience(long nowNanos) {
    if (queue.isBusy()) {
      return paused ? Duration.ZERO : STORING_POLL;
    }
    if (queue.batch() != null) {
      return shorter(IDLE_POLL, againNanos - nowNanos);
    }
    return batch.isEmpty()
        ? IDLE_POLL
        : shorter(IDLE_POLL, limits.linger().toNanos() - batch.ageNanos(nowNanos));
  }

  private static Duration shorter(Duration longest, long nanos) {
    return Duration.ofNanos(Math.clamp(nanos, 0, longest.toNanos()));
  }

  private void pause(boolean wanted) {
    if (wanted == paused) {
      return;
    }
    paused = wanted;
    if (wanted) {
      consumer.pause(consumer.assignment());
    } else {
      consumer.resume(consumer.assignment());
    }
  }

  private void waitToReadAgain() {
    try {
      stopping.await(readBackoff.next().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop();
    }
  }

  /** The batch that has been stored since the last look, if any; one that could not be is told. */
  private @Nullable Batch settle(Duration limit) {
    Outcome outcome = queue.await(limit);
    Batch current = queue.batch();
    if (outcome == null || current == null) {
      return null;
    }
    switch (outcome) {
      case Outcome.Stored(var letters, long nanos) -> {
        throughput.stored(current.records(), letters.size(), nanos);
        metrics.stored(current.records(), current.bytes(), nanos);
        letters.forEach(letter -> metrics.deadLettered(letter.errorId()));
        succeeded();
        queue.clear();
        return current;
      }
      case Outcome.Failed(ErrorId errorId, String message) -> {
        failed(errorId, message);
        return null;
      }
    }
  }

  /** What is not committed is read and stored again, which changes nothing. */
  private void commit(@Nullable Batch stored) {
    if (stored == null || stored.offsets().isEmpty()) {
      return;
    }
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
    againNanos = System.nanoTime() + storeBackoff.next().toNanos();
    metrics.failed(errorId);
  }

  private void succeeded() {
    if (failing) {
      LOG.info("The store works again.");
    }
    failing = false;
    storeBackoff.reset();
  }

  /** Stores and commits what has been read, if the store works. */
  private void finish() {
    commit(settle(STOP_LIMIT));
    if (queue.batch() == null && !failing && !batch.isEmpty()) {
      queue.begin(batch);
      commit(settle(STOP_LIMIT));
    }
  }

  private void report() {
    long now = System.nanoTime();
    if (now - measuredNanos >= LAG_INTERVAL.toNanos()) {
      measuredNanos = now;
      metrics.lag(lag(), oldestSeconds());
    }
    if (throughput.isDue(now)) {
      if (!hasJoined) {
        LOG.warn("{}", ErrorId.KAFKA_UNAVAILABLE.line("Not yet a member of the group."));
      }
      LOG.info("{}", throughput.report(lag(), now));
    }
  }

  /** Records that are in Kafka, or have been read from it, and are not stored. */
  private long lag() {
    Batch stored = queue.batch();
    return batch.records() + (stored == null ? 0 : stored.records()) + unread();
  }

  private long unread() {
    long unread = 0;
    try {
      if (paused) {
        // Nothing is fetched, so the consumer does not hear how the partitions grow.
        for (var end : consumer.endOffsets(consumer.assignment(), LAG_LIMIT).entrySet()) {
          unread += end.getValue() - consumer.position(end.getKey(), LAG_LIMIT);
        }
        return unread;
      }
      for (TopicPartition partition : consumer.assignment()) {
        unread += consumer.currentLag(partition).orElse(0);
      }
    } catch (KafkaException e) {
      LOG.debug("The lag is not known", e);
    }
    return unread;
  }

  /** A record's timestamp is its sender's: a clock that is ahead makes no age negative. */
  private double oldestSeconds() {
    Batch stored = queue.batch();
    OptionalLong oldest = stored == null ? batch.oldestMillis() : stored.oldestMillis();
    return oldest.isEmpty() ? 0 : Math.max(0, clock.millis() - oldest.getAsLong()) / 1e3;
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

    /** What is being stored is committed first, or the next writer would read it again. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        commit(settle(REVOKE_LIMIT));
      }
      drop(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      drop(partitions);
    }

    private void drop(Collection<TopicPartition> partitions) {
      batch.drop(partitions);
      Batch stored = queue.batch();
      if (stored != null) {
        stored.drop(partitions);
      }
    }
  }
}
