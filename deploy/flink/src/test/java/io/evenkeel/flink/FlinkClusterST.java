package io.evenkeel.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.AlertState;
import io.evenkeel.contract.rule.BuiltInRule;
import io.evenkeel.contract.signal.StepSignals;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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
 * The job jar on a session cluster of two TaskManagers, submitted over REST. One run is left in
 * peace; during another, the same but for its name, a TaskManager and then the JobManager are
 * killed without warning. Both must tell the same.
 */
class FlinkClusterST {

  private static final String CALM = "calm";
  private static final String SHAKEN = "shaken";
  private static final int RANKS = 4;
  private static final long BAD_FROM = 100;
  private static final long BAD_TO = 220;
  private static final Duration LIMIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  private EmbeddedKafka kafka;
  private KafkaProducer<String, byte[]> producer;
  private Tail<StepSignals> signals;
  private Tail<AlertEvent> alerts;
  private FlinkCluster cluster;
  private final AtomicBoolean enough = new AtomicBoolean();

  @BeforeEach
  void start() throws Exception {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"));
    kafka.createTopics(
        Topics.ALL.stream()
            .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) 1))
            .toList());
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", "0"),
            new StringSerializer(),
            new ByteArraySerializer());
    signals = new Tail<>(kafka.bootstrap(), Topics.SIGNALS, Codecs.STEP_SIGNALS);
    alerts = new Tail<>(kafka.bootstrap(), Topics.ALERTS, Codecs.ALERT_EVENT);
    cluster = FlinkCluster.in(folder);
  }

  @AfterEach
  void stop() throws Exception {
    enough.set(true);
    cluster.close();
    producer.close();
    signals.close();
    alerts.close();
    kafka.close();
  }

  @Test
  void shouldTellTheSameWhenATaskManagerAndTheJobManagerAreKilled() throws Exception {
    // Given a cluster with the job on it, and a run that nothing happens to
    Process jobManager = cluster.startJobManager();
    Process taskManager = cluster.startTaskManager();
    cluster.startTaskManager();
    cluster.submit(
        JobJarIT.JAR,
        2,
        "EVENKEEL_KAFKA_BOOTSTRAP=" + kafka.bootstrap(),
        "EVENKEEL_ANALYTICS_CHECKPOINT_MILLIS=500");
    long steps = 300;
    for (long step = 0; step < steps; step++) {
      send(CALM, step);
    }
    await(() -> reached(CALM, steps - 1) && resolved(CALM) == 3, "the calm run");
    // When another sends all the while, and a TaskManager is killed in the middle of its incident,
    CompletableFuture<Long> sender = CompletableFuture.supplyAsync(() -> sendWhile(SHAKEN));
    await(() -> firing(SHAKEN) == 3, "the incidents of the shaken run");
    taskManager.destroyForcibly().waitFor();
    cluster.startTaskManager();
    long atFirstKill = newest(SHAKEN);
    await(() -> newest(SHAKEN) > atFirstKill + 20, "steps after the TaskManager's end");
    // and the JobManager, which another takes over from
    jobManager.destroyForcibly().waitFor();
    cluster.startJobManager();
    long atSecondKill = newest(SHAKEN);
    await(() -> newest(SHAKEN) > atSecondKill + 40, "steps after the JobManager's end");
    enough.set(true);
    long sent = sender.get();
    await(() -> reached(SHAKEN, sent - 1) && resolved(SHAKEN) == 3, "the end of the shaken run");
    // Then it told the same incidents, at the same steps, each of them once
    assertThat(incidents(SHAKEN)).isEqualTo(incidents(CALM)).hasSize(6);
    // and each step has its signals, of all ranks, the same however often it was derived
    Map<Long, List<StepSignals>> byStep =
        signals.seen().stream()
            .filter(s -> s.key().run().equals(SHAKEN))
            .collect(Collectors.groupingBy(s -> s.key().step()));
    assertThat(byStep).hasSize((int) sent);
    byStep.forEach(
        (step, copies) -> {
          assertThat(copies).as("step %d", step).allMatch(s -> s.ranksSeen() == RANKS);
          assertThat(copies.stream().map(StepSignals::layers).distinct()).hasSize(1);
          assertThat(copies.stream().map(StepSignals::lossSpikeScore).distinct()).hasSize(1);
        });
  }

  private long sendWhile(String run) {
    long step = 0;
    while (!enough.get() || step < 300) {
      send(run, step++);
      // The pace of a fast trainer; the bad steps last until the first kill has been overcome.
      LockSupport.parkNanos(10_000_000);
    }
    return step;
  }

  private void send(String run, long step) {
    boolean bad = step >= BAD_FROM && step < BAD_TO;
    TrainingRuns settings = TrainingRuns.healthy(run).ranks(RANKS).layers(2);
    TrainingRun training = (bad ? settings.alphaFactor(BAD_FROM, 200) : settings).build();
    for (StepTelemetry part : training.step(step)) {
      producer.send(
          new ProducerRecord<>(
              Topics.TELEMETRY,
              Topics.telemetryKey(run, part.key().rank()),
              Codecs.STEP_TELEMETRY.encode(part)));
    }
    producer.flush();
  }

  /** Distinct events of the rule that the disturbance is for: what, where, when. */
  private TreeSet<String> incidents(String run) {
    return events(run)
        .map(e -> e.rule() + " " + e.scope() + " " + e.state() + " at " + e.step())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private long firing(String run) {
    return ids(run, AlertState.FIRING);
  }

  private long resolved(String run) {
    return ids(run, AlertState.RESOLVED);
  }

  private long ids(String run, AlertState state) {
    return events(run).filter(e -> e.state() == state).map(AlertEvent::alertId).distinct().count();
  }

  private java.util.stream.Stream<AlertEvent> events(String run) {
    return alerts.seen().stream()
        .filter(e -> e.run().equals(run))
        .filter(e -> e.rule().equals(BuiltInRule.GRADIENT_NORM_RATIO.id()))
        .filter(e -> e.state() != AlertState.PENDING);
  }

  private boolean reached(String run, long step) {
    return newest(run) >= step;
  }

  private long newest(String run) {
    return signals.seen().stream()
        .filter(s -> s.key().run().equals(run))
        .mapToLong(s -> s.key().step())
        .max()
        .orElse(-1);
  }

  private void await(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "not within "
                + LIMIT.toSeconds()
                + " s: "
                + what
                + "; calm at "
                + newest(CALM)
                + ", shaken at "
                + newest(SHAKEN)
                + ", alerts "
                + alerts.seen()
                + "\n"
                + cluster.logs());
      }
      LockSupport.parkNanos(20_000_000);
    }
  }
}
