package io.evenkeel.controller.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.audit.Decision;
import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.command.SetMode;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.controller.kafka.KafkaLinks;
import io.evenkeel.controller.sim.KafkaTrainer;
import io.evenkeel.controller.sim.SimulatedTrainer;
import io.evenkeel.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller on a real broker, without a database: steering must not need one. */
class ControllerIT {
  /** Long enough for a slow machine that is shared; what takes longer is broken. */
  private static final Duration LIMIT = Duration.ofSeconds(120);

  @TempDir static Path dir;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() throws IOException {
    kafka = EmbeddedKafka.start(dir.resolve("kafka"));
    kafka.createTopics(topics());
  }

  private static List<NewTopic> topics() {
    List<NewTopic> topics = new ArrayList<>();
    for (Topics.Definition topic : Topics.ALL) {
      String cleanup = topic.cleanup() == Topics.Cleanup.COMPACT ? "compact" : "delete";
      topics.add(
          new NewTopic(topic.name(), topic.partitions(), (short) 1)
              .configs(Map.of("cleanup.policy", cleanup)));
    }
    return topics;
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  private static Map<String, String> environment(Mode mode) {
    return Map.of(
        "EVENKEEL_KAFKA_BOOTSTRAP", kafka.bootstrap(), "EVENKEEL_CONTROL_MODE", mode.name());
  }

  @Test
  void shouldCureRunWhenAlphaIsTooHigh() throws Exception {
    try (Controller controller =
            new Controller(ControllerConfig.from(environment(Mode.AUTO)), Clock.systemUTC());
        KafkaTrainer run =
            new KafkaTrainer(
                kafka.bootstrap(),
                new SimulatedTrainer("cure", 1).with(Knobs.LOAD_BALANCE_ALPHA, 30))) {
      controller.start();
      assertThat(controller.awaitReady(60, TimeUnit.SECONDS)).isTrue();
      assertThat(run.trainUntil(() -> run.trainer().ratio() < 0.1, LIMIT)).isTrue();
      assertThat(run.audit()).anyMatch(e -> e.decision() == Decision.ACTED);
      assertThat(run.trainer().leaseUntil()).isNotNull();
      List<Long> latencies = run.latenciesMicros().stream().sorted().toList();
      // From signals sent to command taken by the trainer.
      System.out.println("signals-to-command latencies, microseconds: " + latencies);
    }
  }

  @Test
  void shouldGoOnWhenBrokerIsAwayForAWhile() throws Exception {
    Path home = dir.resolve("kafka-restarts");
    EmbeddedKafka broker = EmbeddedKafka.start(home);
    broker.createTopics(topics());
    int port = broker.port();
    try (Controller controller =
            new Controller(
                ControllerConfig.from(
                    Map.of(
                        "EVENKEEL_KAFKA_BOOTSTRAP",
                        broker.bootstrap(),
                        "EVENKEEL_CONTROL_MODE",
                        "auto")),
                Clock.systemUTC());
        KafkaTrainer run =
            new KafkaTrainer(
                broker.bootstrap(),
                new SimulatedTrainer("away", 6).with(Knobs.LOAD_BALANCE_ALPHA, 30))) {
      controller.start();
      assertThat(controller.awaitReady(60, TimeUnit.SECONDS)).isTrue();
      assertThat(run.trainUntil(() -> !run.trainer().applied().isEmpty(), LIMIT)).isTrue();
      broker.close();
      broker = EmbeddedKafka.start(home, port);
      assertThat(run.trainUntil(() -> run.trainer().ratio() < 0.1, LIMIT)).isTrue();
      assertOneCommandASequence(run);
    } finally {
      broker.close();
    }
  }

  @Test
  void shouldStartByItselfWhenKafkaComesLater() throws Exception {
    Path home = dir.resolve("kafka-late");
    int port = EmbeddedKafka.choosePort(home);
    try (ControllerProcess process =
        new ControllerProcess(Map.of("EVENKEEL_KAFKA_BOOTSTRAP", "127.0.0.1:" + port))) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!process.output().contains("EVK-KAFKA-UNAVAILABLE") && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      assertThat(process.output()).contains("EVK-KAFKA-UNAVAILABLE");
      try (EmbeddedKafka late = EmbeddedKafka.start(home, port)) {
        late.createTopics(topics());
        assertThat(process.awaitReady()).as(process.output()).isTrue();
        assertThat(process.terminate()).isNotEqualTo(-1);
      }
    }
  }

  @Test
  void shouldStopCleanlyWhenKafkaNeverAnswers() throws Exception {
    try (ControllerProcess process =
        new ControllerProcess(Map.of("EVENKEEL_KAFKA_BOOTSTRAP", "no-such-host.invalid:9092"))) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!process.output().contains("EVK-KAFKA-UNAVAILABLE") && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      assertThat(process.output()).contains("EVK-KAFKA-UNAVAILABLE");
      assertThat(process.isReady()).isFalse();
      assertThat(process.terminate()).as(process.output()).isNotEqualTo(-1);
    }
  }

  @Test
  void shouldTakeOverWhenControllerIsKilled() throws Exception {
    try (ControllerProcess first = new ControllerProcess(environment(Mode.AUTO));
        ControllerProcess second = new ControllerProcess(environment(Mode.AUTO));
        KafkaTrainer run =
            new KafkaTrainer(
                kafka.bootstrap(),
                new SimulatedTrainer("killed", 2).with(Knobs.LOAD_BALANCE_ALPHA, 30))) {
      assertThat(first.awaitReady()).as(first.output()).isTrue();
      assertThat(second.awaitReady()).as(second.output()).isTrue();
      assertThat(run.trainUntil(() -> run.trainer().applied().size() >= 2, LIMIT)).isTrue();
      String owner = owner(run);
      ControllerProcess victim = first.output().contains(owner) ? first : second;
      ControllerProcess heir = victim == first ? second : first;
      victim.kill();
      long killed = System.nanoTime();
      assertThat(run.trainUntil(() -> !owner(run).equals(owner), LIMIT)).as(heir.output()).isTrue();
      System.out.printf("taken over after %.1f s%n", (System.nanoTime() - killed) / 1e9);
      assertThat(run.trainUntil(() -> run.trainer().ratio() < 0.1, LIMIT))
          .as(heir.output())
          .isTrue();
      assertOneCommandASequence(run);
      assertNothingOfTheOldEpochTaken(run);
      assertThat(heir.terminate()).isNotEqualTo(-1);
    }
  }

  @Test
  void shouldRememberSettingsWhenRestarted() throws Exception {
    SimulatedTrainer plant = new SimulatedTrainer("settings", 3).with(Knobs.LOAD_BALANCE_ALPHA, 30);
    try (KafkaTrainer run = new KafkaTrainer(kafka.bootstrap(), plant)) {
      try (Controller controller =
          new Controller(ControllerConfig.from(environment(Mode.AUTO)), Clock.systemUTC())) {
        controller.start();
        assertThat(controller.awaitReady(60, TimeUnit.SECONDS)).isTrue();
        run.ask("mode-1", new SetMode("", Mode.OBSERVE));
        assertThat(
                run.trainUntil(
                    () -> run.audit().stream().anyMatch(e -> e.auditId().equals("request:mode-1")),
                    LIMIT))
            .isTrue();
      }
      int before = run.trainer().applied().size();
      try (Controller controller =
          new Controller(ControllerConfig.from(environment(Mode.AUTO)), Clock.systemUTC())) {
        controller.start();
        assertThat(controller.awaitReady(60, TimeUnit.SECONDS)).isTrue();
        long observed = observed(run);
        assertThat(run.trainUntil(() -> observed(run) > observed, LIMIT)).isTrue();
        assertThat(run.trainer().applied()).hasSize(before);
      }
    }
  }

  /** What ended runs were told is not read again at the next start, however much it was. */
  @Test
  void shouldLeaveOutWhatEndedRunsWereToldWhenRestarted() throws Exception {
    Path home = dir.resolve("kafka-marks");
    try (EmbeddedKafka broker = EmbeddedKafka.start(home);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      broker.createTopics(topics());
      Map<String, String> settings =
          Map.of("EVENKEEL_KAFKA_BOOTSTRAP", broker.bootstrap(), "EVENKEEL_CONTROL_MODE", "auto");
      try (Controller controller =
              new Controller(ControllerConfig.from(settings), Clock.systemUTC());
          KafkaTrainer run =
              new KafkaTrainer(
                  broker.bootstrap(),
                  new SimulatedTrainer("over", 7).with(Knobs.LOAD_BALANCE_ALPHA, 30))) {
        controller.start();
        assertThat(controller.awaitReady(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.trainUntil(() -> run.trainer().applied().size() >= 2, LIMIT)).isTrue();
        run.declareEnded(Duration.ofHours(2));
        assertThat(run.trainUntil(() -> run.commands().size() >= 3, LIMIT)).isTrue();
      }
      Map<TopicPartition, OffsetAndMetadata> marks =
          admin
              .listConsumerGroupOffsets(KafkaLinks.HISTORY_GROUP)
              .partitionsToOffsetAndMetadata()
              .get();
      for (String topic : List.of(Topics.COMMANDS, Topics.ACKS, Topics.AUDIT)) {
        assertThat(
                marks.entrySet().stream()
                    .filter(mark -> mark.getKey().topic().equals(topic))
                    .mapToLong(mark -> mark.getValue().offset())
                    .sum())
            .as(topic)
            .isPositive();
      }
      assertThat(marks.keySet()).noneMatch(partition -> partition.topic().equals(Topics.RUNS));
      try (Controller controller =
              new Controller(ControllerConfig.from(settings), Clock.systemUTC());
          KafkaTrainer run =
              new KafkaTrainer(
                  broker.bootstrap(),
                  new SimulatedTrainer("next", 8).with(Knobs.LOAD_BALANCE_ALPHA, 30))) {
        controller.start();
        assertThat(controller.awaitReady(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.trainUntil(() -> run.trainer().ratio() < 0.1, LIMIT)).isTrue();
        assertOneCommandASequence(run);
      }
    }
  }

  private static long observed(KafkaTrainer run) {
    return run.audit().stream().filter(e -> e.decision() == Decision.OBSERVED).count();
  }

  private static String owner(KafkaTrainer run) {
    return run.commands().stream()
        .filter(c -> c.position().sequence() == 0)
        .reduce((a, b) -> b)
        .map(Command::origin)
        .orElse("none");
  }

  /** Each command that was written is answered, and none after a newer epoch's but by a refusal. */
  private static void assertNothingOfTheOldEpochTaken(KafkaTrainer run) {
    assertThat(run.trainUntil(() -> run.unanswered().isEmpty(), LIMIT))
        .as(() -> "without answer: " + run.unanswered())
        .isTrue();
    List<CommandPosition> applied =
        run.acks().stream()
            .filter(ack -> ack.status() == AckStatus.APPLIED)
            .map(CommandAck::position)
            .distinct()
            .toList();
    assertThat(applied)
        .isSortedAccordingTo(
            Comparator.comparingLong(CommandPosition::epoch)
                .thenComparingLong(CommandPosition::sequence));
    assertThat(applied).extracting(CommandPosition::sequence).doesNotHaveDuplicates();
    assertThat(applied.getLast().epoch()).isGreaterThan(applied.getFirst().epoch());
  }

  private static void assertOneCommandASequence(KafkaTrainer run) {
    Map<Long, Command> bySequence = new HashMap<>();
    for (Command command : run.knobCommands()) {
      Command former = bySequence.putIfAbsent(command.position().sequence(), command);
      assertThat(former == null || former.equals(command)).isTrue();
      assertThat(command.body()).isInstanceOf(SetKnob.class);
    }
  }
}
