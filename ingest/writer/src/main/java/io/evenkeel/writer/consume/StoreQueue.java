package io.evenkeel.writer.consume;

import io.evenkeel.contract.deadletter.DeadLetter;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.writer.deadletter.DeadLetterTopic;
import io.evenkeel.writer.deadletter.Incoming;
import io.evenkeel.writer.deadletter.PoisonIsolation;
import io.evenkeel.writer.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The one batch that is being stored, by a thread of its own, while the loop reads the next one.
 * All methods are for the loop's thread.
 */
final class StoreQueue {

  private final PoisonIsolation store;
  private final DeadLetterTopic deadLetters;
  private final ExecutorService storing;

  private @Nullable Batch batch;
  private @Nullable Future<Outcome> attempt;

  /** How an attempt to store a batch ended. */
  sealed interface Outcome {

    /**
     * All of it is stored or dead-lettered.
     *
     * @param letters those that were written
     * @param nanos time it took
     */
    record Stored(List<DeadLetter> letters, long nanos) implements Outcome {}

    /**
     * It must be tried again.
     *
     * @param errorId why
     * @param message what was said
     */
    record Failed(ErrorId errorId, String message) implements Outcome {}
  }

  StoreQueue(PoisonIsolation store, DeadLetterTopic deadLetters, ExecutorService storing) {
    this.store = store;
    this.deadLetters = deadLetters;
    this.storing = storing;
  }

  /** The batch that is being stored, or waits to be tried again. */
  @Nullable Batch batch() {
    return batch;
  }

  /** Whether an attempt is under way, or its outcome has not been asked for yet. */
  boolean isBusy() {
    return attempt != null;
  }

  /** Begins to store a batch; there is none, or it is the one that failed. */
  void begin(Batch next) {
    if (attempt != null || (batch != null && batch != next)) {
      throw new IllegalStateException("a batch is being stored");
    }
    batch = next;
    List<Incoming> entries = next.entries();
    List<DeadLetter> unreadable = next.unreadable();
    attempt = storing.submit(() -> attempt(entries, unreadable));
  }

  /**
   * Waits for the attempt that is under way.
   *
   * @return its outcome, once; null when there is none, or none in time
   */
  @Nullable Outcome await(Duration limit) {
    Future<Outcome> running = attempt;
    if (running == null) {
      return null;
    }
    try {
      Outcome outcome = running.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      attempt = null;
      return outcome;
    } catch (TimeoutException e) {
      return null;
    } catch (InterruptedException | CancellationException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while storing", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("storing failed: " + e.getCause(), e.getCause());
    }
  }

  /** The batch is done with. */
  void clear() {
    batch = null;
  }

  private Outcome attempt(List<Incoming> entries, List<DeadLetter> unreadable) {
    long begin = System.nanoTime();
    try {
      List<DeadLetter> letters = new ArrayList<>(unreadable);
      letters.addAll(store.write(entries));
      deadLetters.send(letters);
      return new Outcome.Stored(letters, System.nanoTime() - begin);
    } catch (StoreException e) {
      return new Outcome.Failed(e.kind().errorId(), String.valueOf(e.getMessage()));
    } catch (KafkaException e) {
      return new Outcome.Failed(ErrorId.KAFKA_UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }
}
