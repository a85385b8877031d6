package io.evenkeel.replay.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.replay.LogFormat;
import io.evenkeel.replay.LogIdentity;
import io.evenkeel.replay.ReplayException;
import io.evenkeel.replay.RunLog;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayIT {
  private static final int STEPS = 30_000;
  private static final Duration STALL_LIMIT = Duration.ofSeconds(60);

  @TempDir static Path dir;
  private static EmbeddedKafka broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedKafka.start(dir.resolve("broker"));
    broker.createTopics(
        Topics.ALL.stream()
            .map(
                topic ->
                    new NewTopic(
                        topic.name(), Optional.of(topic.partitions()), Optional.of((short) 1)))
            .toList());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void shouldSendEveryStepOnceAndInOrderWhenTheLogIsLargerThanTheBuffer() throws Exception {
    StringBuilder csv = new StringBuilder("step,metric,value\n");
    for (int step = 0; step < STEPS; step++) {
      csv.append(step).append(",loss,").append(3.0 - step * 1e-5).append('\n');
      csv.append(step).append(",mfu,0.4\n");
    }
    Path file = Files.writeString(dir.resolve("large.csv"), csv);
    ReplayedRun run = new ReplayedRun("large", LogIdentity.of(file), LogFormat.CSV);

    SendReport report;
    try (RunLog log = RunLog.open(file, dir, Clock.systemUTC());
        ReplaySender sender = sender(broker.bootstrap())) {
      report = sender.send(log, run);
      sender.finish(run);
    }

    assertThat(report).isEqualTo(new SendReport(STEPS, 0, 0, 0, STEPS - 1));
    List<StepTelemetry> received = read(Topics.TELEMETRY, Codecs.STEP_TELEMETRY, STEPS);
    assertThat(received).hasSize(STEPS);
    for (int step = 0; step < STEPS; step++) {
      assertThat(received.get(step).key().step()).isEqualTo(step);
      assertThat(received.get(step).droppedBefore()).isZero();
    }
    List<RunSpec> told = read(Topics.RUNS, Codecs.RUN_SPEC, 3);
    assertThat(told)
        .extracting(RunSpec::status)
        .containsExactly(RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.FINISHED);
    assertThat(told.getLast().knobs()).isEmpty();
    assertThat(told.getLast().labels())
        .containsEntry(ReplayedRun.SOURCE_LABEL, ReplayedRun.FROM_FILE)
        .containsEntry(ReplayedRun.DIGEST_LABEL, LogIdentity.of(file).sha256());
  }

  @Test
  void shouldDeclareTheRunAsFailedWhenTheReplayIsCutShort() throws Exception {
    Path file = Files.writeString(dir.resolve("slow.csv"), "0,loss,1\n1,loss,1\n");
    ReplayedRun run = new ReplayedRun("slow", LogIdentity.of(file), LogFormat.CSV);
    Thread command = Thread.currentThread();
    boolean[] interrupted = new boolean[1];
    try (RunLog log = RunLog.open(file, dir, Clock.systemUTC());
        ReplaySender sender =
            ReplaySender.over(
                broker.bootstrap(),
                new Pace(1e-6),
                Clock.systemUTC(),
                STALL_LIMIT,
                (count, step) -> command.interrupt())) {
      sender.send(log, run);
    } catch (InterruptedException e) {
      interrupted[0] = true;
    }

    assertThat(interrupted[0]).isTrue();
    assertThat(read(Topics.RUNS, Codecs.RUN_SPEC, 2, "slow"))
        .extracting(RunSpec::status)
        .containsExactly(RunStatus.RUNNING, RunStatus.FAILED);
  }

  private static ReplaySender sender(String bootstrap) throws ReplayException {
    return ReplaySender.over(
        bootstrap, Pace.MAX, Clock.systemUTC(), STALL_LIMIT, (count, step) -> {});
  }

  private static <T> List<T> read(String topic, Codec<T> codec, int count) throws Exception {
    return read(topic, codec, count, "large");
  }

  /** The first records whose key begins with a run's name; waits until there are as many. */
  private static <T> List<T> read(String topic, Codec<T> codec, int count, String run)
      throws Exception {
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            broker.bootstrap(),
            ConsumerConfig.GROUP_ID_CONFIG,
            UUID.randomUUID().toString(),
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest");
    List<T> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      int emptyAfter = 0;
      while (System.nanoTime() < deadline && emptyAfter < 3) {
        var records = consumer.poll(Duration.ofMillis(200));
        for (var record : records) {
          if (new String(record.key(), StandardCharsets.UTF_8).startsWith(run)) {
            found.add(codec.decode(record.value()));
          }
        }
        // A few polls more, which would bring what is there twice.
        emptyAfter += found.size() >= count && records.isEmpty() ? 1 : 0;
      }
    }
    return found;
  }
}
