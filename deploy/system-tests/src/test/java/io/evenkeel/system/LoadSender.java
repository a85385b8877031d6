package io.evenkeel.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * One rank that sends observations, batch after batch, each again and again until it is answered
 * for. So every observation that was ever sent ends up accepted, and many are sent more than once.
 */
final class LoadSender {
  private static final int BATCH = 10;
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final String run;
  private final int rank;
  private final int worldSize;
  private final Way way;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();
  private final Thread thread;
  private volatile String fault = "";
  private volatile Duration longestWait = Duration.ZERO;

  /** How a batch travels. */
  interface Way {
    /**
     * Whether all of it is accepted.
     *
     * @throws IOException if there was no answer, or one that says to come again
     * @throws AssertionError if a record was refused
     */
    void send(List<Observation> batch) throws IOException, InterruptedException;
  }

  LoadSender(String run, int rank, int worldSize, Way way) {
    this.run = run;
    this.rank = rank;
    this.worldSize = worldSize;
    this.way = way;
    this.thread = Thread.ofPlatform().name(run + "#" + rank).unstarted(this::send);
  }

  /** Over HTTP as protobuf. */
  static Way protobuf(GatewayClient gateway) {
    return batch ->
        check(
            gateway.post("api/v1/telemetry", GatewayClient.PROTOBUF, Observation.batch(batch)),
            batch.size());
  }

  /** Over HTTP as lines of JSON. */
  static Way ndjson(GatewayClient gateway) {
    return batch -> {
      String lines = batch.stream().map(Observation::json).collect(Collectors.joining("\n"));
      check(
          gateway.post(
              "api/v1/telemetry", GatewayClient.NDJSON, lines.getBytes(StandardCharsets.UTF_8)),
          batch.size());
    };
  }

  /** Straight into Kafka, as a trainer that speaks it. */
  static Way kafka(KafkaProducer<byte[], byte[]> producer) {
    return batch -> {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (Observation observation : batch) {
        String key = observation.run() + "#" + observation.rank();
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    "evenkeel.telemetry.v1",
                    key.getBytes(StandardCharsets.UTF_8),
                    observation.protobuf())));
      }
      for (Future<RecordMetadata> acknowledgement : sent) {
        try {
          acknowledgement.get();
        } catch (ExecutionException e) {
          throw new IOException(e.getCause());
        }
      }
    };
  }

  private static void check(GatewayClient.Answer answer, int records) throws IOException {
    if (answer.status() == 429 || answer.status() == 503) {
      throw new IOException("come again: " + answer.body());
    }
    if (answer.status() != 200 || answer.json().at("/accepted").asInt() != records) {
      throw new AssertionError(answer.status() + " " + answer.body());
    }
  }

  void start() {
    thread.start();
  }

  /** Begins no further batch; the one under way is sent until it is answered for. */
  void finish() {
    stop.set(true);
  }

  /** Waits for the last answer. */
  void awaitEnd(Duration limit) throws InterruptedException {
    if (!thread.join(limit)) {
      thread.interrupt();
      throw new AssertionError(this + " has no answer after " + limit);
    }
    if (!fault.isEmpty()) {
      throw new AssertionError(this + ": " + fault);
    }
  }

  /** Waits until more is accepted than now. */
  void awaitMore(Duration limit, Supplier<String> console) throws InterruptedException {
    long before = accepted.get();
    long deadline = System.nanoTime() + limit.toNanos();
    while (accepted.get() == before && thread.isAlive()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(this + " gets no answer:\n" + console.get());
      }
      LockSupport.parkNanos(PAUSE.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  String run() {
    return run;
  }

  int rank() {
    return rank;
  }

  /** Observations accepted: the steps 0 to this, without a gap. */
  long accepted() {
    return accepted.get();
  }

  /** Batches that were sent again. */
  long repeated() {
    return repeated.get();
  }

  /** Longest time from the first try of a batch to its answer. */
  Duration longestWait() {
    return longestWait;
  }

  @Override
  public String toString() {
    return run + "#" + rank;
  }

  private void send() {
    try {
      while (!stop.get()) {
        List<Observation> batch = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
          batch.add(
              new Observation(
                  run, accepted.get() + i, rank, worldSize, Instant.now().toEpochMilli() * 1000));
        }
        long started = System.nanoTime();
        sendUntilAnswered(batch);
        Duration waited = Duration.ofNanos(System.nanoTime() - started);
        longestWait = waited.compareTo(longestWait) > 0 ? waited : longestWait;
        accepted.addAndGet(BATCH);
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    } catch (InterruptedException e) {
      fault = "interrupted";
    } catch (AssertionError | RuntimeException e) {
      fault = e.toString();
    }
  }

  private void sendUntilAnswered(List<Observation> batch) throws InterruptedException {
    while (true) {
      try {
        way.send(batch);
        return;
      } catch (IOException e) {
        repeated.incrementAndGet();
        LockSupport.parkNanos(PAUSE.toNanos());
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
  }
}
