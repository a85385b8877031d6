package io.evenkeel.bench.analytics;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.live.Latency;
import io.evenkeel.bench.live.Pace;
import io.evenkeel.bench.live.TopicWatch;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How soon signals and alerts are out at a steady pace, from handing the last record that they need
 * to the Kafka client until a consumer has them. Every {@value #ALERT_EVERY}th step another run of
 * one rank sends a gradient norm that is not a number, which fires an alert of its own.
 */
final class HalfLoad {
  private static final int ALERT_EVERY = 8;
  private static final int LEAST_WARM_UP_SECONDS = 5;
  private static final int MOST_WARM_UP_SECONDS = 60;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String RUN = "half-load";

  /**
   * What was found.
   *
   * @param recordsPerSecond the pace
   * @param signals from telemetry to signals
   * @param alerts from telemetry to alerts
   */
  record Result(
      @JsonProperty("records_per_s") double recordsPerSecond,
      @JsonProperty("signals") Latency signals,
      @JsonProperty("alerts") Latency alerts) {}

  private final Broker broker;
  private final Workload workload;
  private final Map<String, Long> sent = new ConcurrentHashMap<>();
  private final Map<String, Long> seen = new ConcurrentHashMap<>();
  private final AtomicLong signalsSeen = new AtomicLong();

  HalfLoad(Broker broker, Workload workload) {
    this.broker = broker;
    this.workload = workload;
  }

  /** Sends at a pace and waits for what comes of it. */
  Result measure(double recordsPerSecond, int seconds) throws BenchException {
    double recordsPerStep = Workload.RANKS + 2.0 / ALERT_EVERY;
    double stepsPerSecond = recordsPerSecond / recordsPerStep;
    int warmUp;
    int steps;
    try (TopicWatch _ = TopicWatch.start(broker.bootstrap(), Topics.SIGNALS, this::signals);
        TopicWatch _ = TopicWatch.start(broker.bootstrap(), Topics.ALERTS, this::alert)) {
      Pace pace = new Pace(stepsPerSecond, System.nanoTime());
      warmUp = warmUp(pace);
      steps = warmUp + (int) Math.max(100, seconds * stepsPerSecond);
      for (int step = warmUp; step < steps; step++) {
        pace.await(step);
        send(step);
      }
      int wanted = steps + steps / ALERT_EVERY;
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (seen.size() < wanted) {
        if (System.nanoTime() > deadline) {
          throw new BenchException(
              ErrorId.BENCH_ANALYTICS, seen.size() + " of " + wanted + " signals and alerts came.");
        }
        LockSupport.parkNanos(10_000_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException(ErrorId.BENCH_ANALYTICS, "the measurement was interrupted.");
    }
    return new Result(
        recordsPerSecond,
        Latency.of(millis("step-", warmUp, steps)),
        Latency.of(millis("alert-", warmUp / ALERT_EVERY, steps / ALERT_EVERY)));
  }

  /**
   * Steps sent until the job keeps pace: what a new process is behind in its first seconds, which
   * it spends compiling, is no latency at half load.
   */
  private int warmUp(Pace pace) {
    int step = 0;
    while (step < LEAST_WARM_UP_SECONDS * pace.stepsPerSecond()
        || step % ALERT_EVERY != 0
        || (signalsSeen.get() < step - 1 && step < MOST_WARM_UP_SECONDS * pace.stepsPerSecond())) {
      pace.await(step);
      send(step);
      step++;
    }
    return step;
  }

  private void send(int step) {
    for (int rank = 0; rank < Workload.RANKS; rank++) {
      byte[] record = workload.record(RUN, step, rank, Workload.RANKS);
      if (rank == Workload.RANKS - 1) {
        sent.put("step-" + step, System.nanoTime());
      }
      broker.send(RUN, rank, record);
    }
    if (step % ALERT_EVERY == ALERT_EVERY - 1) {
      String run = "alert-" + step / ALERT_EVERY;
      broker.send(run, 0, workload.record(run, 0, 0, 1));
      byte[] bad = workload.notFinite(run, 1);
      sent.put(run, System.nanoTime());
      broker.send(run, 0, bad);
    }
  }

  private double[] millis(String prefix, int from, int to) {
    double[] millis = new double[to - from];
    for (int i = from; i < to; i++) {
      String name = prefix + i;
      millis[i - from] = (seen.getOrDefault(name, 0L) - sent.getOrDefault(name, 0L)) / 1e6;
    }
    return millis;
  }

  /** Signals come in step order within a run: they need not be decoded to be told apart. */
  private void signals(ConsumerRecord<byte[], byte[]> record) {
    if (new String(record.key(), StandardCharsets.UTF_8).equals(RUN)) {
      seen.putIfAbsent("step-" + signalsSeen.getAndIncrement(), System.nanoTime());
    }
  }

  private void alert(ConsumerRecord<byte[], byte[]> record) {
    try {
      AlertEvent event = Codecs.ALERT_EVENT.decode(record.value());
      if (event.state() == AlertState.FIRING && event.run().startsWith("alert-")) {
        seen.putIfAbsent(event.run(), System.nanoTime());
      }
    } catch (WireException e) {
      throw new IllegalStateException(e);
    }
  }
}
