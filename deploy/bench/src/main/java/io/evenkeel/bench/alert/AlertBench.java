package io.evenkeel.bench.alert;

import io.evenkeel.bench.BenchException;
import io.evenkeel.bench.live.Latency;
import io.evenkeel.bench.live.Pace;
import io.evenkeel.bench.live.Stack;
import io.evenkeel.bench.live.TopicWatch;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.kafka.KafkaClient;
import io.evenkeel.client.kafka.KafkaOptions;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The course of the measurement: one run goes its way at 20 steps a second; every {@value #EVERY}th
 * step another run's gradient norm is no number, which is an alert and a group of its own. That is
 * no multiple of a second, so that Prometheus is met at all moments of its round.
 */
final class AlertBench {
  private static final double STEPS_PER_SECOND = 20;
  private static final int EVERY = 7;

  /** Of a new process' first seconds, which it spends compiling. */
  private static final Duration WARM_UP = Duration.ofSeconds(30);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);
  private static final long LOOK_NANOS = 20_000_000;

  private final Duration length;
  private final Map<String, Long> published = new HashMap<>();
  private final Map<String, Long> alerts = new ConcurrentHashMap<>();

  AlertBench(Duration length) {
    this.length = length;
  }

  /** Measures; the lines of progress go to {@code out}. */
  AlertReport measure(PrintWriter out) throws IOException, BenchException {
    Path folder = Files.createTempDirectory("evenkeel-bench-alert");
    try (Listener listener = new Listener()) {
      String routes = routes(folder, listener).toString();
      try (Stack stack = Stack.start(Map.of("EVENKEEL_ALERTS_FILE", routes));
          PrometheusPair pair = PrometheusPair.startIfInstalled(listener, folder)) {
        AlertReport report = measure(stack, listener, pair);
        report.print(out);
        return report;
      }
    } finally {
      delete(folder);
    }
  }

  /** One receiver, all else as it is without being set. */
  private static Path routes(Path folder, Listener listener) throws IOException {
    return Files.writeString(
        folder.resolve("alerts.yml"),
        """
        global: {allow_private: true}
        route: {receiver: bench}
        receivers:
          - name: bench
            webhook_configs: [{url: '%s', send_resolved: false}]
        """
            .formatted(listener.evenkeel()));
  }

  private AlertReport measure(Stack stack, Listener listener, @Nullable PrometheusPair pair)
      throws IOException, BenchException {
    long warmUp = (long) (WARM_UP.toSeconds() * STEPS_PER_SECOND);
    long steps = warmUp + (long) (length.toSeconds() * STEPS_PER_SECOND);
    TelemetryPublisher publisher = KafkaClient.publisher(KafkaOptions.of(stack.bootstrap()));
    try (TopicWatch _ = TopicWatch.start(stack.bootstrap(), Topics.ALERTS, this::alert)) {
      send(steps, publisher, listener);
      List<String> wanted =
          LongStream.range(warmUp, steps)
              .filter(step -> step % EVERY == 0)
              .mapToObj(AlertBench::run)
              .toList();
      await(stack, listener.ours(), wanted);
      if (pair != null) {
        await(stack, listener.alertmanagers(), wanted);
      }
      return new AlertReport(
          wanted.size(),
          between(wanted, published, listener.ours()),
          between(wanted, published, alerts),
          between(wanted, alerts, listener.ours()),
          pair == null ? null : between(wanted, published, listener.alertmanagers()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException(ErrorId.BENCH_LIVE, "the measurement was interrupted.");
    } finally {
      publisher.close(LAST_WORDS);
    }
  }

  private void send(long steps, TelemetryPublisher publisher, Listener listener) {
    TrainingRun calm = TrainingRuns.healthy("calm").layers(8).experts(64, 32, 8, 5.5).build();
    Pace pace = new Pace(STEPS_PER_SECOND, System.nanoTime());
    for (long step = 0; step < steps; step++) {
      StepTelemetry telemetry = now(calm.telemetry(step, 0));
      pace.await(step);
      publisher.publish(telemetry);
      if (step % EVERY == 0) {
        String run = run(step);
        TrainingRun sick = TrainingRuns.healthy(run).build();
        publisher.publish(now(sick.telemetry(0, 0)));
        StepTelemetry bad = notFinite(now(sick.telemetry(1, 0)));
        published.put(run, System.nanoTime());
        listener.holds(run);
        publisher.publish(bad);
      }
    }
  }

  private static String run(long step) {
    return "sick-" + step;
  }

  private static StepTelemetry now(StepTelemetry of) {
    return with(of, of.gradientNorm());
  }

  private static StepTelemetry notFinite(StepTelemetry of) {
    return with(of, Double.NaN);
  }

  private static StepTelemetry with(StepTelemetry of, @Nullable Double gradientNorm) {
    return new StepTelemetry(
        of.key(),
        of.worldSize(),
        Instant.now(),
        1_000 / STEPS_PER_SECOND,
        of.telemetryTimeMillis(),
        of.tokens(),
        of.losses(),
        gradientNorm,
        of.clipCoefficient(),
        of.tensorPlacement(),
        of.tensors(),
        of.moeShape(),
        of.moeLayers(),
        of.activations(),
        of.knobs(),
        of.lastCommand(),
        of.scalars(),
        0);
  }

  private void alert(ConsumerRecord<byte[], byte[]> seen) {
    long now = System.nanoTime();
    try {
      AlertEvent event = Codecs.ALERT_EVENT.decode(seen.value());
      if (event.state() == AlertState.FIRING) {
        alerts.putIfAbsent(event.run(), now);
      }
    } catch (WireException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(Stack stack, Map<String, Long> moments, List<String> wanted)
      throws IOException, BenchException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!moments.keySet().containsAll(wanted)) {
      stack.requireAlive();
      if (System.nanoTime() > deadline) {
        long missing = wanted.stream().filter(run -> !moments.containsKey(run)).count();
        throw new BenchException(
            ErrorId.BENCH_LIVE, missing + " of " + wanted.size() + " webhooks did not come.");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static Latency between(
      List<String> runs, Map<String, Long> from, Map<String, Long> until) {
    return Latency.of(
        runs.stream()
            .mapToDouble(run -> (until.getOrDefault(run, 0L) - from.getOrDefault(run, 0L)) / 1e6)
            .toArray());
  }

  private static void delete(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }
}
