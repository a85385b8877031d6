package io.evenkeel.analytics.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service as it is started in production, a JVM of its own, against a real broker: killed in
 * the middle of an incident, started again, and stopped.
 */
class RestartIT {

  private static final String RUN = "restarted";
  private static final long STEPS = 400;

  @TempDir Path folder;

  private EmbeddedKafka kafka;
  private TopicTail<AlertEvent> alerts;
  private TopicTail<StepSignals> signals;
  private KafkaProducer<String, byte[]> producer;
  private Process service;

  @BeforeEach
  void startKafka() throws Exception {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"));
    kafka.createTopics(
        Topics.ALL.stream()
            .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) 1))
            .toList());
    alerts = TopicTail.of(kafka.bootstrap(), Topics.ALERTS, Codecs.ALERT_EVENT);
    signals = TopicTail.of(kafka.bootstrap(), Topics.SIGNALS, Codecs.STEP_SIGNALS);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", "0"),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  @AfterEach
  void stopAll() throws Exception {
    service.destroyForcibly().waitFor();
    producer.close();
    alerts.close();
    signals.close();
    kafka.close();
  }

  @Test
  void shouldTellOfEachIncidentOnceWhenKilledAndRestarted() throws Exception {
    // Given a run of two ranks whose alpha is far too high from step 100 to step 250
    TrainingRun bad = TrainingRuns.healthy(RUN).ranks(2).layers(2).alphaFactor(100, 200).build();
    TrainingRun good = TrainingRuns.healthy(RUN).ranks(2).layers(2).build();
    startService();
    producer.send(new ProducerRecord<>(Topics.TELEMETRY, "x#0", new byte[] {(byte) 0xff})).get();
    // When it is killed after the alert has fired, and goes on without a clean stop
    for (long step = 0; step < 200; step++) {
      send(bad.step(step));
    }
    Eventually.await(() -> reached(199) && firing().size() == 3, () -> alerts.seen());
    awaitCheckpoint();
    for (long step = 200; step < 250; step++) {
      send(bad.step(step));
    }
    Eventually.await(() -> reached(249), () -> "the last step is missing");
    service.destroyForcibly().waitFor();
    startService();
    for (long step = 250; step < STEPS; step++) {
      send(good.step(step));
    }
    Eventually.await(() -> reached(STEPS - 1) && resolved().size() == 3, () -> alerts.seen());
    // and stopped and started once more
    stopService();
    startService();
    send(good.step(STEPS));
    Eventually.await(() -> reached(STEPS), () -> "the step after the restart is missing");
    // Then the two layers and the mean have one incident each, with the same id in every event
    Map<String, List<AlertEvent>> incidents =
        alerts.seen().stream()
            .filter(e -> e.rule().equals(BuiltInRule.GRADIENT_NORM_RATIO.id()))
            .collect(Collectors.groupingBy(AlertEvent::scope, TreeMap::new, Collectors.toList()));
    assertThat(incidents).containsOnlyKeys("layers/0", "layers/1", "run");
    incidents.forEach(
        (scope, events) -> {
          assertThat(distinct(events, AlertState.FIRING)).as(scope).hasSize(1);
          assertThat(distinct(events, AlertState.RESOLVED))
              .as(scope)
              .isEqualTo(distinct(events, AlertState.FIRING));
        });
    // and every step has its signals, of both ranks, the same whenever it was derived again
    Map<Long, List<StepSignals>> steps =
        signals.seen().stream().collect(Collectors.groupingBy(s -> s.key().step()));
    assertThat(steps).hasSize((int) STEPS + 1);
    steps.forEach(
        (step, copies) -> {
          assertThat(copies).as("step %d", step).allMatch(s -> s.ranksSeen() == 2);
          assertThat(copies.stream().map(StepSignals::layers).distinct()).hasSize(1);
          assertThat(copies.stream().map(StepSignals::lossSpikeScore).distinct()).hasSize(1);
        });
  }

  @Test
  void shouldWaitForKafkaAndSayWhyWhenItIsDown() throws Exception {
    kafka.close();
    service = launch();
    awaitOutput(ErrorId.KAFKA_UNAVAILABLE.id());
    kafka = EmbeddedKafka.start(folder.resolve("kafka"));
    awaitOutput("EVENKEEL-READY analytics");
    stopService();
  }

  private void startService() throws Exception {
    service = launch();
    awaitOutput("EVENKEEL-READY analytics");
  }

  private Process launch() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            java,
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-cp",
            serviceClassPath(),
            StabilityJobMain.class.getName());
    builder.environment().put(AnalyticsConfig.KAFKA_BOOTSTRAP, kafka.bootstrap());
    builder.environment().put(AnalyticsConfig.DATA, folder.resolve("data").toString());
    builder.environment().put(AnalyticsConfig.CHECKPOINT_MILLIS, "500");
    return builder.redirectErrorStream(true).redirectOutput(output().toFile()).start();
  }

  /** The class path of the tests without the tests themselves. */
  private static String serviceClassPath() {
    return java.util.Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("-tests.jar"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Path output() {
    return folder.resolve("service.log");
  }

  private void awaitOutput(String line) {
    Eventually.await(() -> log().contains(line) || !service.isAlive(), this::log);
    assertThat(log()).contains(line);
  }

  private String log() {
    try {
      return Files.exists(output()) ? Files.readString(output()) : "";
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void stopService() throws Exception {
    service.destroy();
    assertThat(service.waitFor(6, TimeUnit.SECONDS)).as("stopped: %s", log()).isTrue();
  }

  /** A checkpoint that has begun after this call. */
  private void awaitCheckpoint() throws Exception {
    CheckpointFolder checkpoints =
        new CheckpointFolder(folder.resolve("data").resolve("checkpoints"));
    List<Path> before = checkpoints.complete();
    Eventually.await(
        () -> {
          try {
            List<Path> now = checkpoints.complete();
            return !now.isEmpty() && before.stream().noneMatch(now.get(0)::equals);
          } catch (java.io.IOException | java.io.UncheckedIOException e) {
            return false;
          }
        },
        () -> before);
  }

  private void send(List<StepTelemetry> parts) throws Exception {
    for (StepTelemetry part : parts) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.TELEMETRY,
                  Topics.telemetryKey(RUN, part.key().rank()),
                  Codecs.STEP_TELEMETRY.encode(part)))
          .get();
    }
  }

  private boolean reached(long step) {
    return signals.seen().stream().anyMatch(s -> s.key().step() == step);
  }

  private List<String> firing() {
    return distinct(alerts.seen(), AlertState.FIRING);
  }

  private List<String> resolved() {
    return distinct(alerts.seen(), AlertState.RESOLVED);
  }

  private static List<String> distinct(List<AlertEvent> events, AlertState state) {
    return events.stream()
        .filter(e -> e.state() == state)
        .filter(e -> e.rule().equals(BuiltInRule.GRADIENT_NORM_RATIO.id()))
        .map(AlertEvent::alertId)
        .distinct()
        .sorted()
        .toList();
  }
}
