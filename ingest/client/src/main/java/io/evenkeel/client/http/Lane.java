package io.evenkeel.client.http;

import io.evenkeel.client.buffer.Transport;
import io.evenkeel.client.buffer.TransportException;
import io.evenkeel.contract.wire.RecordBatches;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records of one kind and run on their way: one request at a time, which keeps their order; what
 * comes meanwhile makes up the next batch. Bounded by the outbox, which lets few records fly.
 * Thread-safe; tells of records without holding its lock.
 */
final class Lane {

  /** Most records and bytes of a batch; a larger record travels alone. */
  static final int MAX_RECORDS = 256;

  static final long MAX_BYTES = 2L << 20;

  /** A record and who hears of it. */
  @SuppressWarnings("ArrayRecordComponent") // Handed through, never compared.
  record Entry(byte[] value, Transport.Completion completion) {}

  private final Endpoint endpoint;
  private final String path;
  private final long lingerNanos;
  private final RetryAfter retryAfter;

  // Guarded by this.
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean draining;
  private boolean closed;
  private @Nullable Thread drainer;

  /**
   * Halved by a batch that was not taken as a whole, so that the record that spoils it is found.
   */
  private int maxRecords = MAX_RECORDS;

  Lane(Endpoint endpoint, String path, Duration linger, RetryAfter retryAfter) {
    this.endpoint = endpoint;
    this.path = path;
    this.lingerNanos = linger.toNanos();
    this.retryAfter = retryAfter;
  }

  /** Takes a record for sending. */
  synchronized void add(Entry entry) {
    if (closed) {
      return;
    }
    waiting.addLast(entry);
    waitingBytes += entry.value.length;
    if (!draining) {
      draining = true;
      endpoint.threads().execute(this::drain);
    } else if (isFull()) {
      notifyAll();
    }
  }

  private boolean isFull() {
    return waiting.size() >= maxRecords || waitingBytes >= MAX_BYTES;
  }

  /** Sends batch after batch until nothing waits. */
  private void drain() {
    try {
      linger();
      for (List<Entry> batch = next(); !batch.isEmpty(); batch = next()) {
        post(batch);
      }
    } catch (InterruptedException e) {
      // Closed: nobody waits for an answer any more.
      close();
    }
  }

  private synchronized void linger() throws InterruptedException {
    drainer = Thread.currentThread();
    long end = System.nanoTime() + lingerNanos;
    for (long left = lingerNanos;
        left > 0 && !isFull() && !closed;
        left = end - System.nanoTime()) {
      wait(left / 1_000_000, (int) (left % 1_000_000));
    }
  }

  /** The next batch; empty at the end. */
  private synchronized List<Entry> next() {
    List<Entry> batch = new ArrayList<>();
    long bytes = 0;
    while (!waiting.isEmpty() && batch.size() < maxRecords) {
      Entry head = waiting.getFirst();
      bytes += head.value.length;
      if (!batch.isEmpty() && bytes > MAX_BYTES) {
        break;
      }
      batch.add(waiting.removeFirst());
      waitingBytes -= head.value.length;
    }
    if (batch.isEmpty()) {
      draining = false;
      drainer = null;
    }
    return batch;
  }

  private void post(List<Entry> batch) throws InterruptedException {
    try {
      byte[] body = RecordBatches.encode(batch.stream().map(Entry::value).toList());
      settle(batch, AnswerReader.read(endpoint.post(path, body), batch.size()));
    } catch (TransportException e) {
      fail(batch, String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      // Told, or the publisher would wait for its stall limit.
      fail(batch, e.toString());
    }
  }

  private void settle(List<Entry> batch, Answer answer) {
    if (answer instanceof Answer.Settled settled) {
      settle(batch, settled);
    } else if (answer instanceof Answer.Refused refused) {
      batch.forEach(entry -> entry.completion.refused(refused.reason()));
    } else if (answer instanceof Answer.Indigestible indigestible) {
      if (batch.size() == 1) {
        batch.get(0).completion.refused(indigestible.reason());
      } else {
        putBack(batch);
      }
    } else if (answer instanceof Answer.Later later) {
      retryAfter.ask(later.retryAfter());
      fail(batch, later.reason());
    }
  }

  private void settle(List<Entry> batch, Answer.Settled settled) {
    for (int i = 0; i < batch.size(); i++) {
      Transport.Completion completion = batch.get(i).completion;
      String refused = settled.refused().get(i);
      if (refused != null) {
        completion.refused(refused);
      } else if (!settled.later().containsKey(i)) {
        completion.acknowledged();
      }
    }
    synchronized (this) {
      maxRecords = Math.min(2 * maxRecords, MAX_RECORDS);
    }
    if (!settled.later().isEmpty()) {
      fail(batch, settled.later().values().iterator().next());
    }
  }

  /** The connection is of no more use, and nothing more is sent on it. */
  private void fail(List<Entry> batch, String reason) {
    synchronized (this) {
      clear();
    }
    batch.get(0).completion.failed(reason);
  }

  private synchronized void putBack(List<Entry> batch) {
    if (closed) {
      return;
    }
    for (int i = batch.size() - 1; i >= 0; i--) {
      waiting.addFirst(batch.get(i));
      waitingBytes += batch.get(i).value.length;
    }
    maxRecords = Math.max(1, batch.size() / 2);
  }

  /** Gives everything up, the request under way too; nobody is told any more. */
  synchronized void close() {
    clear();
    if (drainer != null) {
      drainer.interrupt();
    }
  }

  private void clear() {
    closed = true;
    waiting.clear();
    waitingBytes = 0;
  }
}
